"""Where data lies, whether it is whole there, and who looked: scrubs, the register of places, disposals."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Finding, Unit, User
from custodian import clock
from custodian.jobs import Job


def today() -> date:
    """The office's day."""
    return clock.local().date()


class HeldStates(models.Model):
    """The states that one call left behind, packed; `digest` is the SHA-256 that its leaf holds."""

    digest = models.BinaryField(max_length=32, primary_key=True)
    body = models.BinaryField()

    def __str__(self) -> str:
        return bytes(self.digest).hex()[:16]


class Withheld(models.Model):
    """A holding that is not as the log says: nobody reads it until somebody has judged the finding."""

    holding = models.UUIDField(unique=True)
    finding = models.ForeignKey(Finding, models.PROTECT, related_name="+")
    since = models.DateTimeField(default=clock.now)

    def __str__(self) -> str:
        return str(self.holding)


class ScrubRun(Job):
    """One check of sealed values. `period` is the day it was due on; None when a person asked for it."""

    class Kind(models.TextChoices):
        SAMPLE = "sample", _("抽查")
        FULL = "full", _("全查")

    kind = models.CharField(_("检查范围"), max_length=8, choices=Kind)
    period = models.DateField(null=True)
    asked_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("提交人")
    )
    sample_size = models.PositiveIntegerField(null=True)  # where somebody said how many
    # What there is to go through, fixed at the start: [["identity", after, upto], …].
    plan = models.JSONField(default=list)
    # The last chunk that was checked: {"step": 2, "after": 1200}; a killed run goes on after it.
    cursor = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)  # {"identity": 1200, …}, of each kind what was checked
    unlogged = models.PositiveBigIntegerField(default=0)  # older than the lists of states
    values_checked = models.PositiveBigIntegerField(_("打开的值"), default=0)
    faults = models.PositiveIntegerField(_("异常"), default=0)
    seconds = models.FloatField(default=0.0)  # at work, without the time between two attempts

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("密封值检查")
        verbose_name_plural = pgettext_lazy("列表", "密封值检查")
        constraints = [
            models.UniqueConstraint(fields=["kind", "period"], name="scrub_is_once_in_a_period")
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {str(self.ref)[:8]}"

    @property
    def rate(self) -> float:
        """Values opened in a second of work."""
        return self.values_checked / self.seconds if self.seconds else 0.0


class StoragePlaceQuerySet(models.QuerySet["StoragePlace"]):
    def in_use(self) -> Self:
        return self.filter(disposed_at=None)


class StoragePlace(models.Model):
    """A place where the insurer's data lies. `code` names the installation's own ones."""

    class Kind(models.TextChoices):
        DATABASE = "database", _("数据库")
        BACKUPS = "backups", _("备份")
        EXPORTS = "exports", _("导出文件")
        IMPORTS = "imports", _("导入文件与客户文件")
        EVIDENCE = "evidence", _("取证材料")
        DEVICE = "device", _("设备")
        MEDIUM = "medium", _("介质")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(max_length=20, blank=True)
    kind = models.CharField(_("类别"), max_length=10, choices=Kind)
    name = models.CharField(_("名称"), max_length=80, blank=True)
    location = models.CharField(_("位置"), max_length=200, blank=True)
    holds = models.CharField(_("存放内容"), max_length=200, blank=True)
    owner = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任人")
    )
    unit = models.ForeignKey(
        Unit, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("责任机构")
    )
    since = models.DateField(_("启用日"), default=today)
    interval_days = models.PositiveSmallIntegerField(_("每几天检查一次"), default=90)
    disposed_at = models.DateTimeField(_("销毁时间"), null=True)

    objects = StoragePlaceQuerySet.as_manager()

    class Meta:
        ordering = ("disposed_at", "id")
        verbose_name = _("存储位置")
        verbose_name_plural = pgettext_lazy("列表", "存储位置")
        constraints = [
            models.UniqueConstraint(
                fields=["code"], condition=~Q(code=""), name="storage_place_code_is_unique"
            ),
            models.CheckConstraint(
                name="storage_place_has_a_name", condition=~Q(code="") | ~Q(name="")
            ),
        ]

    def __str__(self) -> str:
        return self.name or str(self.get_kind_display())


class Inspection(models.Model):
    """Somebody, or the system, looked at a place. `by` is None for the system."""

    class Result(models.TextChoices):
        OK = "ok", _("正常")
        FAULT = "fault", _("有异常")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    place = models.ForeignKey(StoragePlace, models.PROTECT, related_name="inspections")
    at = models.DateTimeField(_("检查时间"), default=clock.now)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("检查人")
    )
    result = models.CharField(_("结果"), max_length=8, choices=Result)
    looked_at = models.CharField(_("查看了什么"), max_length=200, blank=True)
    note = models.CharField(_("说明"), max_length=300, blank=True)
    # What each probe told of the system's looks: [["disk", {"free": 0.42}, "ok"], …].
    looks = models.JSONField(default=list)
    next_due = models.DateField(_("下次检查"))

    class Meta:
        ordering = ("-at", "-pk")

    def __str__(self) -> str:
        return f"{self.place_id} {self.at:%Y-%m-%d}"


class Maintenance(models.Model):
    place = models.ForeignKey(StoragePlace, models.PROTECT, related_name="maintenance")
    done_on = models.DateField(_("日期"), default=today)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("记录人"))
    what = models.CharField(_("做了什么"), max_length=200)
    recorded_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-done_on", "-pk")

    def __str__(self) -> str:
        return f"{self.place_id} {self.done_on}"


class Disposal(models.Model):
    """A medium or device that is destroyed: proposed by one person, witnessed and approved by another."""

    class Method(models.TextChoices):
        SHRED = "shred", _("粉碎")
        DEGAUSS = "degauss", _("消磁")
        OVERWRITE = "overwrite", _("覆写")
        INCINERATE = "incinerate", _("焚毁")
        CRYPTO_ERASE = "crypto-erase", _("密钥销毁")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    place = models.ForeignKey(StoragePlace, models.PROTECT, related_name="disposals")
    method = models.CharField(_("销毁方式"), max_length=12, choices=Method)
    done_on = models.DateField(_("销毁日期"))
    certificate = models.CharField(_("证书编号"), max_length=80, blank=True)
    proof_sha256 = models.CharField(_("证明文件的摘要"), max_length=64, blank=True)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    proposed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    witness = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("见证人")
    )
    decided_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                name="disposal_has_proof", condition=~Q(certificate="") | ~Q(proof_sha256="")
            ),
            models.CheckConstraint(
                name="disposal_proof_is_a_hash",
                condition=Q(proof_sha256="") | Q(proof_sha256__regex="^[0-9a-f]{64}$"),
            ),
            models.CheckConstraint(
                name="disposal_is_witnessed_by_somebody_else",
                condition=Q(witness=None) | ~Q(witness=F("proposed_by")),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]

    def content(self) -> dict[str, Any]:
        """All that is approved, as whoever witnesses it is shown it."""
        return {
            "place": str(self.place.ref),
            "method": self.method,
            "done_on": self.done_on.isoformat(),
            "certificate": self.certificate,
            "proof": self.proof_sha256,
        }
