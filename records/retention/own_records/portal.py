"""Records of the customer's side: copies that were asked for, and looks that were shown late."""

from __future__ import annotations

from typing import Any

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from access.models import DelayedLook
from custodian import clock
from custodian.jobs import JobStatus
from records.models import DataCopy
from records.retention.own_records.declaring import Record, Rows


def _copies() -> QuerySet[Any]:
    """Those whose file is gone, or never was."""
    never = Q(status__in=(JobStatus.FAILED, JobStatus.REFUSED))
    return DataCopy.objects.filter(Q(removed_at__isnull=False) | never)


def _delays() -> QuerySet[Any]:
    ended = Q(status__in=(DelayedLook.Status.RETURNED, DelayedLook.Status.RELEASED))
    return DelayedLook.objects.filter(ended | Q(until__lt=clock.now()))


def declared() -> tuple[Record, ...]:
    return (
        Rows(
            "data-copy", _("客户索取的资料副本"), "request", _("删除登记；文件与密钥此前已删"),
            _copies, Coalesce("removed_at", "created_at"), everything=DataCopy.objects.all,
        ),
        Rows(
            "delayed-look", _("延后显示"), "finding", _("删除记录；不再注明因调查延后"),
            _delays, F("until"), everything=DelayedLook.objects.all,
        ),
    )  # fmt: skip
