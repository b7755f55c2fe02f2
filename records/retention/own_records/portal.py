"""Records of the customer's side: copies that were asked for, and looks that were shown late."""

from __future__ import annotations

from typing import Any

from django.db.models import Case, F, OuterRef, Q, QuerySet, Subquery, When
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access.models import DelayedLook, Subject
from custodian import clock
from custodian.jobs import JobStatus
from records.models import Consent, DataCopy, Tombstone
from records.retention.own_records.declaring import Record, Rows


def _copies() -> QuerySet[Any]:
    """Those whose file is gone, or never was."""
    never = Q(status__in=(JobStatus.FAILED, JobStatus.REFUSED))
    return DataCopy.objects.filter(Q(removed_at__isnull=False) | never)


def _delays() -> QuerySet[Any]:
    ended = Q(status__in=(DelayedLook.Status.RETURNED, DelayedLook.Status.RELEASED))
    return DelayedLook.objects.filter(ended | Q(until__lt=clock.now()))


def _consents() -> QuerySet[Any]:
    """Those that a later word has replaced, and all of somebody of whom nothing is left."""
    later = Consent.objects.filter(
        subject=OuterRef("subject"), purpose=OuterRef("purpose"), pk__gt=OuterRef("pk")
    ).order_by("pk")
    gone = Tombstone.objects.filter(subject=OuterRef("subject")).order_by("-at")
    rows = Consent.objects.annotate(
        replaced=Subquery(later.values("noted_at")[:1]),
        destroyed=Case(
            When(subject__status=Subject.Status.DESTROYED, then=Subquery(gone.values("at")[:1]))
        ),
    )
    return rows.filter(Q(replaced__isnull=False) | Q(destroyed__isnull=False))


def declared() -> tuple[Record, ...]:
    return (
        Rows(
            "data-copy", _("客户索取的资料副本"), "request", _("删除登记；文件与密钥此前已删"),
            _copies, Coalesce("removed_at", "created_at"), everything=DataCopy.objects.all,
        ),
        Rows(
            "consent", _("同意与撤回"), "consent", _("删除被后来的说法代替的记录，和已销毁客户的记录"),
            _consents, Coalesce("replaced", "destroyed"), everything=Consent.objects.all,
        ),
        Rows(
            "delayed-look", _("延后显示"), "finding", _("删除记录；不再注明因调查延后"),
            _delays, F("until"), everything=DelayedLook.objects.all,
        ),
    )  # fmt: skip
