"""Custodian's foundation and composition as one Django app without tables."""

from __future__ import annotations

from django.apps import AppConfig


class CustodianConfig(AppConfig):
    name = "custodian"
    verbose_name = "Custodian"

    def ready(self) -> None:
        from custodian import checks  # noqa: F401
        from custodian.demo import checks as demo_checks  # noqa: F401
