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
            audit_calendar_admin,
            case_admin,
            control_admin,
            exercise_admin,
            notice_admin,
            own_records,
            portal,
            referral_pages,
            report_files,
            report_pages,
            risk_admin,
            risk_assessment_admin,
            risk_panels,
            tracing_admin,
            triage_admin,
        )
        from incidents.affected import keeping
        from incidents.cases import assessing, cutting, decisions, evidence, reviewing
        from incidents.models import AffectedList, IncidentEvidence
        from incidents.notices import drafting, exempting
        from incidents.reports import writing
        from incidents.risks import accepting, machine
        from incidents.risks import assessing as risk_assessing
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
        accepting.ready()
        risk_assessing.ready()
        machine.ready()
        checks_files.register(evidence.SHELF, IncidentEvidence)
        checks_files.register(keeping.SHELF, AffectedList)
