"""Incidents: what went wrong, or may."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = _("事件")

    def ready(self) -> None:
        from incidents import alerts, own_records

        alerts.listen()
        own_records.ready()
