"""How long alerts are kept: as long as incidents, from the verdict on their finding or from the alert."""

from __future__ import annotations

from typing import Any, Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access.models import Finding
from incidents.models import (
    Alert,
    Assessment,
    AuditRound,
    ControlCheck,
    DueTelling,
    Exercise,
    Incident,
    IncidentClock,
    IncidentLink,
    IncidentNotice,
    IncidentRemedy,
    IncidentReport,
    IncidentReview,
    IncidentTask,
    LeakTrace,
    Member,
    NoticeBatch,
    NoticeExemption,
    OwnTelling,
    Risk,
    RiskAction,
    RiskAssessment,
    RiskEvent,
    TimelineEntry,
    UnitCut,
)
from incidents.sanctions import keeping
from records.retention import own_records

_OVER: Final = (Alert.Status.FALSE_ALARM, Alert.Status.SETTLED, Alert.Status.DUPLICATE)
_OF_A_CASE: Final = (
    IncidentNotice,
    NoticeBatch,
    NoticeExemption,
    Assessment,
    IncidentReport,
    IncidentClock,
    Member,
    IncidentTask,
    TimelineEntry,
    IncidentLink,
    IncidentRemedy,
    IncidentReview,
    UnitCut,
    DueTelling,
    Exercise,
    Alert,
)


def _settled() -> QuerySet[Alert]:
    """False alarms, doubles, what is settled, and judged findings that nobody made an incident of."""
    judged = Q(status=Alert.Status.NEW, finding__status=Finding.Status.CLOSED)
    return Alert.objects.filter(Q(status__in=_OVER) | judged)


def _traced() -> QuerySet[LeakTrace]:
    return LeakTrace.objects.exclude(finished_at=None)


def _closed() -> QuerySet[Incident]:
    """Those whose evidence is still on its shelf rest on it, and wait."""
    return Incident.objects.filter(status=Incident.Status.CLOSED)


def _idle(rows: QuerySet[Any], key: str) -> QuerySet[Any]:
    """Those on which nothing hangs that is still to be done."""
    waiting = RiskAction.objects.filter(state=RiskAction.State.OPEN, **{f"{key}__isnull": False})
    return rows.exclude(pk__in=waiting.values(key))


def _struck_off() -> QuerySet[Risk]:
    return Risk.objects.filter(status=Risk.Status.CLOSED)


def _signed() -> QuerySet[RiskAssessment]:
    return RiskAssessment.objects.filter(state=RiskAssessment.State.SIGNED)


def _tested() -> QuerySet[ControlCheck]:
    """What failed and was never confirmed is not over."""
    rows = ControlCheck.objects.exclude(result=ControlCheck.Result.FAILED, confirmed_at=None)
    return _idle(rows, "check_row")


def _reported() -> QuerySet[AuditRound]:
    return _idle(AuditRound.objects.filter(state=AuditRound.State.REPORTED), "round")


def _of_risks() -> tuple[own_records.Rows, ...]:
    return (
        own_records.Rows(
            "risk",
            _("风险登记"),
            "audit_report",
            _("删除已销号的风险及其历史"),
            _struck_off,
            F("closed_at"),
            along=((RiskEvent, "risk"), (RiskAction, "risk")),
            everything=Risk.objects.all,
        ),
        own_records.Rows(
            "risk-assessment",
            _("风险评估"),
            "assessment",
            _("删除已签署的评估"),
            _signed,
            F("signed_at"),
            everything=RiskAssessment.objects.all,
        ),
        own_records.Rows(
            "control-check",
            _("控制自查"),
            "audit_report",
            _("删除自查记录；失效未确认的不删"),
            _tested,
            F("at"),
            along=((RiskAction, "check_row"),),
            everything=ControlCheck.objects.all,
        ),
        own_records.Rows(
            "audit-round",
            _("审计与报告"),
            "audit_report",
            _("删除登记；整改未办完的不删"),
            _reported,
            F("done_on"),
            along=((RiskAction, "round"),),
            everything=AuditRound.objects.all,
        ),
    )


def ready() -> None:
    own_records.register(*keeping.declared())
    own_records.register(*_of_risks())
    own_records.register(
        own_records.Rows(
            "own-telling",
            _("告知本人"),
            "incident",
            _("删除记录"),
            OwnTelling.objects.all,
            F("noted_at"),
        )
    )
    own_records.register(
        own_records.Rows(
            "incident-case",
            _("事件"),
            "incident",
            _("删除记录；证据还在的不删"),
            _closed,
            F("closed_at"),
            along=tuple((model, "incident") for model in _OF_A_CASE),
            everything=Incident.objects.all,
        )
    )
    own_records.register(
        own_records.Rows(
            "leak-trace",
            _("泄露溯源"),
            "incident",
            _("删除记录；名单早已随密钥销毁"),
            _traced,
            F("finished_at"),
            everything=LeakTrace.objects.all,
        )
    )
    own_records.register(
        own_records.Rows(
            "alert",
            _("告警"),
            "incident",
            _("删除记录；已立案的不删"),
            _settled,
            Coalesce("finding__decided_at", "raised_at"),
            everything=Alert.objects.all,
        )
    )
