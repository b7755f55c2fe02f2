"""Custodian's foundation and composition as one Django app without tables."""

from __future__ import annotations

from django.apps import AppConfig


class CustodianConfig(AppConfig):
    name = "custodian"
    verbose_name = "Custodian"

    def ready(self) -> None:
        # Without the application, a message would go to Celery's own default broker.
        from custodian import celery, checks  # noqa: F401
        from custodian.backup import probing, recipients, words  # noqa: F401
        from custodian.demo import checks as demo_checks  # noqa: F401
        from custodian.demo import widening

        probing.register()
        recipients.register()
        widening.register()
