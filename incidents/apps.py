"""Incidents: what went wrong, or may."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class IncidentsConfig(AppConfig):
    name = "incidents"
    verbose_name = _("事件")

    def ready(self) -> None:
        from incidents import (  # noqa: F401
            alerts,
            case_admin,
            exercise_admin,
            notice_admin,
            own_records,
            portal,
            referral_pages,
            rehire_admin,
            report_files,
            report_pages,
            sanction_admin,
            tracing_admin,
            triage_admin,
        )
        from incidents.affected import keeping
        from incidents.cases import assessing, cutting, decisions, evidence, reviewing
        from incidents.models import AffectedList, IncidentEvidence
        from incidents.notices import drafting, exempting
        from incidents.reports import writing
        from incidents.sanctions import deciding, overriding, releasing, screening
        from records.storage import checks_files

        alerts.listen()
        own_records.ready()
        decisions.ready()
        cutting.ready()
        assessing.ready()
        drafting.ready()
        exempting.ready()
        portal.ready()
        writing.ready()
        reviewing.ready()
        deciding.ready()
        overriding.ready()
        releasing.ready()
        screening.ready()
        checks_files.register(evidence.SHELF, IncidentEvidence)
        checks_files.register(keeping.SHELF, AffectedList)
