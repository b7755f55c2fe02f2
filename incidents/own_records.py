"""How long alerts are kept: as long as incidents, from the verdict on their finding or from the alert."""

from __future__ import annotations

from typing import Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access.models import Finding
from incidents.models import (
    Alert,
    Assessment,
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
    TimelineEntry,
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


def ready() -> None:
    own_records.register(*keeping.declared())
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
