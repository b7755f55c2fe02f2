"""Whom others generally may not hire: own flags, the industry's list, screenings, what left the house."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock
from incidents.models.sanctions import SanctionCase


class FlagBatch(models.Model):
    """One file of other insurers' people: how many rows came in, were kept and were set aside."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    origin = models.CharField(_("来源"), max_length=80)
    received_on = models.DateField(_("收到日期"))
    rows = models.PositiveIntegerField(default=0)
    kept = models.PositiveIntegerField(default=0)
    aside = models.PositiveIntegerField(default=0)
    same = models.PositiveIntegerField(default=0)  # of those kept: as they stood already
    made_at = models.DateTimeField(default=clock.now)
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                name="flag_batch_keeps_or_sets_aside_every_row",
                condition=Q(rows=models.F("kept") + models.F("aside")),
            )
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]


class RehireFlag(models.Model):
    """One person and for how long; values lie sealed under a key of their own, which goes at the end."""

    class State(models.TextChoices):
        CURRENT = "current", _("有效")
        REPLACED = "replaced", _("已由新版代替")
        WITHDRAWN = "withdrawn", _("已撤回")
        EXPIRED = "expired", _("已到期")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("编号"), max_length=16)
    version = models.PositiveSmallIntegerField(_("版本"), default=1)
    matter = models.ForeignKey(SanctionCase, models.PROTECT, null=True, related_name="flags")
    batch = models.ForeignKey(FlagBatch, models.PROTECT, null=True, related_name="flags")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    holding = models.UUIDField(unique=True, editable=False)
    said_sealed = models.BinaryField(null=True)
    digest = models.BinaryField(null=True)
    until = models.DateField(_("有效期至"))
    review_on = models.DateField(_("下次复查"))
    reviewed_on = models.DateField(null=True)
    state = models.CharField(_("状态"), max_length=9, choices=State, default=State.CURRENT)
    made_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("聘用限制")
        verbose_name_plural = pgettext_lazy("列表", "聘用限制")
        indexes = [models.Index(fields=["digest"], name="rehire_flag_digest")]
        constraints = [
            models.UniqueConstraint(name="flag_version_is_unique", fields=["code", "version"]),
            models.CheckConstraint(
                name="flag_comes_from_a_decision_or_from_the_industry",
                condition=Q(matter=None, batch__isnull=False) | Q(matter__isnull=False, batch=None),
            ),
            models.CheckConstraint(
                name="flag_that_ended_keeps_nothing_of_the_person",
                condition=Q(
                    state="current", ended_at=None, said_sealed__isnull=False, digest__isnull=False
                )
                | (~Q(state="current") & Q(ended_at__isnull=False, said_sealed=None, digest=None)),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class FlagAside(models.Model):
    """A row of a file that was not taken, with its reasons; sealed, and gone after a month."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    batch = models.ForeignKey(FlagBatch, models.PROTECT, related_name="set_aside")
    number = models.PositiveIntegerField()  # as a spreadsheet counts
    reasons = models.JSONField()
    row_sealed = models.BinaryField(null=True)
    expires_on = models.DateField()

    class Meta:
        ordering = ("number",)

    def __str__(self) -> str:
        return f"{self.batch_id} {self.number}"


class FlagOverride(models.Model):
    """That somebody is hired all the same, or a flag is lifted; in force once another one said yes."""

    class Kind(models.TextChoices):
        HIRE = "hire", _("例外聘用")
        LIFT = "lift", _("解除限制")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    flag = models.ForeignKey(RehireFlag, models.PROTECT, related_name="overrides")
    kind = models.CharField(max_length=4, choices=Kind)
    reason_sealed = models.BinaryField()
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    in_force_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return str(self.ref)[:8]


class Screening(models.Model):
    """That a candidate was looked up, by whom and with which answer; never who the candidate was."""

    class Position(models.TextChoices):
        EMPLOYEE = "employee", _("劳动合同岗位")
        AGENT = "agent", _("代理人")
        OUTSIDE = "outside", _("中介机构人员")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    at = models.DateTimeField(_("时间"), default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("查询人"))
    position = models.CharField(_("拟任岗位"), max_length=8, choices=Position)
    found = models.PositiveSmallIntegerField(_("命中"))

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return str(self.ref)[:8]


class FlagRelease(models.Model):
    """What left the house of its own list: a sealed file for the association, or an answer to an insurer."""

    class Kind(models.TextChoices):
        LIST = "list", _("报送行业协会的名单")
        ENQUIRY = "enquiry", _("答复同业查询")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(max_length=7, choices=Kind)
    to = models.CharField(_("接收方"), max_length=80)
    reason = models.CharField(_("依据"), max_length=200)
    recipient_key = models.BinaryField(null=True)  # the public half that the file is sealed to
    flags = models.JSONField()  # references and versions, never a name
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    approved_at = models.DateTimeField(null=True)
    taken_at = models.DateTimeField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                name="flag_release_is_taken_after_its_approval",
                condition=Q(taken_at=None, sha256="")
                | (Q(taken_at__isnull=False, approved_at__isnull=False) & ~Q(sha256="")),
            )
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]
