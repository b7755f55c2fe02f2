"""How long alerts are kept: as long as incidents, from the verdict on their finding or from the alert."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access.models import Finding
from incidents.models import Alert
from records.retention import own_records


def _settled() -> QuerySet[Alert]:
    """False alarms, and alerts whose finding was judged without anybody's making an incident of it."""
    judged = Q(status=Alert.Status.NEW, finding__status=Finding.Status.CLOSED)
    return Alert.objects.filter(Q(status=Alert.Status.FALSE_ALARM) | judged)


def ready() -> None:
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
