"""The site app: templates, static files and template tags."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    name = "custodian.site"
    label = "custodian_site"

    def ready(self) -> None:
        from custodian.site import counts, machine_checks  # need the rows of the apps

        counts.register()
        machine_checks.register()
