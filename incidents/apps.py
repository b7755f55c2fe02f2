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
            ending_files,
            exercise_admin,
            fraud_admin,
            fraud_panels,
            fraud_shared_admin,
            layout_admin,
            lead_admin,
            notice_admin,
            own_records,
            portal,
            referral_pages,
            rehire_admin,
            report_files,
            report_pages,
            risk_admin,
            risk_assessment_admin,
            risk_panels,
            sanction_admin,
            trace_pack_pages,
            tracing_admin,
            triage_admin,
        )
        from incidents.affected import keeping
        from incidents.cases import (
            adopting,
            assessing,
            cutting,
            decisions,
            evidence,
            reviewing,
            unit_cutting,
        )
        from incidents.fraud import deciding as fraud_deciding
        from incidents.fraud import evidence as fraud_evidence
        from incidents.fraud import hearing as fraud_hearing
        from incidents.fraud import keeping as fraud_keeping
        from incidents.models import AffectedList, FraudEvidence, IncidentEvidence
        from incidents.notices import drafting, exempting
        from incidents.reports import writing
        from incidents.risks import accepting, machine
        from incidents.risks import assessing as risk_assessing
        from incidents.sanctions import deciding, overriding, releasing, screening
        from records.storage import checks_files

        alerts.listen()
        own_records.ready()
        decisions.ready()
        cutting.ready()
        unit_cutting.ready()
        adopting.ready()
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
        fraud_deciding.ready()
        fraud_hearing.listen()
        fraud_keeping.ready()
        ending_files.ready()
        checks_files.register(fraud_evidence.SHELF, FraudEvidence)
        accepting.ready()
        risk_assessing.ready()
        machine.ready()
        checks_files.register(evidence.SHELF, IncidentEvidence)
        checks_files.register(keeping.SHELF, AffectedList)
