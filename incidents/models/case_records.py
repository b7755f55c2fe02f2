"""What is put on record of an incident: its timeline, its evidence, and what it is about."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import reduce
from operator import or_
from typing import Final

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Export, Subject, User
from custodian import clock
from incidents.models.cases import Incident
from incidents.models.shelved import Shelved
from transfers.models import Counterparty, Transfer


class TimelineEntry(models.Model):
    """What happened and was done, as it was put down; rows are only added."""

    class What(models.TextChoices):
        OPENED = "opened", pgettext_lazy("事件", "立案")
        ALERT = "alert", _("并入告警")
        FACTS = "facts", _("时间认定")
        JOINED = "joined", _("加入工作组")
        LEFT = "left", _("退出工作组")
        TASK = "task", pgettext_lazy("时间线", "任务")
        NOTE = "note", _("记录")
        EVIDENCE = "evidence", _("证据归档")
        LINK = "link", pgettext_lazy("时间线", "关联")
        DECISION = "decision", _("决定")
        ASSESSED = "assessed", _("评定")
        REPORTED = "reported", _("办结时限")
        CUT = "cut", _("停止访问")
        RESTORED = "restored", _("恢复访问")
        NOTICE = "notice", _("告知客户")
        REMEDY = "remedy", pgettext_lazy("整改", "整改措施")
        REVIEWED = "reviewed", _("事后复盘")
        EXERCISE = "exercise", pgettext_lazy("事件", "演练")
        HANDLED = "handled", _("处置结束")
        REOPENED = "reopened", _("重新处置")
        CLOSED = "closed", pgettext_lazy("时间线", "结案")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="timeline")
    what = models.CharField(_("事项"), max_length=10, choices=What)
    at = models.DateTimeField(_("时间"))  # when it happened
    recorded_at = models.DateTimeField(_("记录时间"), default=clock.now)
    recorded_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    facts = models.JSONField(default=dict)  # codes and numbers; how they read, `timeline` says
    text = models.CharField(_("内容"), max_length=1000, blank=True)

    class Meta:
        ordering = ("at", "pk")
        verbose_name = _("时间线")
        verbose_name_plural = pgettext_lazy("列表", "时间线")

    def __str__(self) -> str:
        return f"{self.incident_id} {self.what}"


class IncidentEvidence(Shelved):
    """A file as it came, sealed on a shelf, or a thing that is kept elsewhere; rows are only added."""

    KIND = "incident-evidence"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    incident = models.ForeignKey(Incident, models.PROTECT, related_name="evidence")
    place = models.CharField(
        _("存放处"), max_length=100, blank=True
    )  # of what is not in this house
    name = models.CharField(_("名称"), max_length=100)
    origin = models.CharField(_("来源"), max_length=200)  # from whom or where, and how it was taken
    media_type = models.CharField(max_length=40)
    length = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(_("指纹"), max_length=64, blank=True)
    filed_at = models.DateTimeField(_("归档时间"), default=clock.now)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("归档人"))

    class Meta:
        ordering = ("pk",)
        verbose_name = _("证据")
        verbose_name_plural = pgettext_lazy("列表", "证据")
        constraints = [
            models.CheckConstraint(
                name="incident_evidence_is_here_or_says_where",
                condition=~Q(place="") | (~Q(sha256="") & Q(length__gt=0)),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Custody(models.Model):
    """The chain of custody: who had the thing in hand, when and for what; rows are only added."""

    class Act(models.TextChoices):
        FILED = "filed", _("归档")
        OPENED = "opened", _("取出阅看")
        CHECKED = "checked", _("核对指纹")
        HANDED = "handed", _("移交")

    evidence = models.ForeignKey(IncidentEvidence, models.PROTECT, related_name="custody")
    act = models.CharField(_("动作"), max_length=8, choices=Act)
    at = models.DateTimeField(_("时间"), default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经手人"))
    to = models.CharField(_("交给"), max_length=100, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ("pk",)
        verbose_name = _("保管链")
        verbose_name_plural = pgettext_lazy("列表", "保管链")
        constraints = [
            models.CheckConstraint(
                name="custody_handed_says_to_whom", condition=~Q(act="handed") | ~Q(to="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.act}"


THINGS: Final = ("customer", "operator", "partner", "transfer", "export", "trace")


def _exactly_one(names: Sequence[str]) -> Q:
    return reduce(
        or_, (Q(**{f"{each}__isnull": each != named for each in names}) for named in names)
    )


class IncidentLink(models.Model):
    """What an incident is about: exactly one thing of the house."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="links")
    customer = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    operator = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    partner = models.ForeignKey(Counterparty, models.PROTECT, null=True, related_name="+")
    transfer = models.ForeignKey(Transfer, models.PROTECT, null=True, related_name="+")
    export = models.ForeignKey(Export, models.PROTECT, null=True, related_name="+")
    trace = models.ForeignKey("LeakTrace", models.PROTECT, null=True, related_name="+")
    why = models.CharField(_("说明"), max_length=200, blank=True)
    linked_at = models.DateTimeField(_("时间"), default=clock.now)
    linked_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("pk",)
        verbose_name = _("关联")
        verbose_name_plural = pgettext_lazy("列表", "关联")
        constraints = [
            models.CheckConstraint(
                name="incident_link_names_one_thing",
                condition=_exactly_one(THINGS),
            ),
            *(
                models.UniqueConstraint(
                    name=f"incident_has_a_{thing}_once",
                    fields=["incident", thing],
                    condition=Q(**{f"{thing}__isnull": False}),
                )
                for thing in THINGS
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.pk}"
