"""The export register: who asked for which customers' elements, for whom, and what became of the file."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.approvals import Approval
from access.models.people import User
from access.vocabulary import Channel, Purpose, Role
from custodian import clock
from custodian.jobs import Job, JobQuerySet, JobStatus

if TYPE_CHECKING:
    from access.actors import Actor

MOST_DOWNLOADS = 3
WATCHERS = (Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR)
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """A number that is easy to read out and tells nothing: `E-7K2M-41PD`."""
    drawn = "".join(secrets.choice(_LETTERS) for _ in range(8))
    return f"E-{drawn[:4]}-{drawn[4:]}"


class ExportQuerySet(JobQuerySet):
    def due(self) -> Self:
        """Only what somebody else has approved is ever worked at."""
        return super().due().filter(approved_at__isnull=False)

    def visible_to(self, actor: Actor) -> Self:
        """The watchers see the register; everybody else his requests and what was made for him."""
        if actor.role in WATCHERS or actor.role is Role.SYSTEM:
            return self
        return self.filter(Q(requested_by=actor.id or 0) | Q(recipient=actor.id or 0))

    def takable(self) -> Self:
        """Ready, within its time, and not taken often enough."""
        return self.filter(
            status=JobStatus.DONE,
            removed_at=None,
            expires_at__gt=clock.now(),
            downloads__lt=MOST_DOWNLOADS,
        )


class Export(Job):
    """`candidates` is what was asked for and approved, by ordinal; `included` what the file holds of it."""

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", _("Excel 工作簿")

    class By(models.TextChoices):
        OWN = "own", _("名下全部客户")
        UNIT = "unit", _("一个机构的客户")
        LIST = "list", _("逐一写明的客户")

    class Removed(models.TextChoices):
        EXPIRED = "expired", _("已过期")
        TAKEN = "taken", _("已取满次数")
        RECALLED = "recalled", _("已收回")
        DESTROYED = "destroyed", _("其中有客户的资料已销毁")

    code = models.CharField(_("导出编号"), max_length=16, unique=True, default=new_code)
    builder = models.CharField(max_length=20, default="customers")
    requested_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    # Somebody of the house, or in words somebody outside; then whoever asked hands the file over.
    recipient = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("接收人")
    )
    outside_name = models.CharField(_("外部接收人"), max_length=60, blank=True)
    outside_office = models.CharField(_("接收单位"), max_length=80, blank=True)
    outside_purpose = models.CharField(_("对方用途"), max_length=120, blank=True)
    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose)
    reason = models.CharField(_("理由"), max_length=200)
    elements = ArrayField(models.CharField(max_length=40), verbose_name=_("信息项"))
    by = models.CharField(_("选取客户"), max_length=4, choices=By)
    unit = models.CharField(_("机构代码"), max_length=20, blank=True)
    customers = ArrayField(models.CharField(max_length=20), default=list)  # as typed
    format = models.CharField(_("格式"), max_length=4, choices=Format, default=Format.CSV)
    language = models.CharField(max_length=8, default="zh-hans")
    channel = models.CharField(max_length=10, choices=Channel)
    address = models.CharField(max_length=45, blank=True)  # of the network it was asked from
    candidates = ArrayField(models.BigIntegerField())
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("批准"), null=True)
    included = ArrayField(models.BigIntegerField(), null=True)
    canaries = ArrayField(models.BigIntegerField(), default=list)
    honey = models.PositiveIntegerField(default=0)  # how many there were to choose from
    omitted = models.JSONField(default=dict)  # how many, by reason
    fingerprint = models.CharField(_("指纹"), max_length=16, blank=True)
    holding = models.UUIDField(
        unique=True, editable=False
    )  # of the key that the file is sealed under
    length = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    downloads = models.PositiveIntegerField(_("下载次数"), default=0)
    taken_at = models.DateTimeField(_("最近下载"), null=True)
    expires_at = models.DateTimeField(_("有效至"), null=True)
    removed_at = models.DateTimeField(null=True)
    removed = models.CharField(max_length=10, choices=Removed, blank=True)

    objects = ExportQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("导出")
        verbose_name_plural = pgettext_lazy("列表", "导出登记")
        constraints = [
            models.CheckConstraint(
                name="export_has_one_recipient",
                condition=Q(recipient__isnull=False, outside_name="")
                | (Q(recipient=None) & ~Q(outside_name="") & ~Q(outside_office="")),
            ),
            models.CheckConstraint(
                name="export_is_made_when_approved",
                condition=Q(approved_at__isnull=False) | Q(status__in=("queued", "refused")),
            ),
            models.CheckConstraint(
                name="export_removal_says_why",
                condition=Q(removed_at=None, removed="")
                | (Q(removed_at__isnull=False) & ~Q(removed="")),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def taker_id(self) -> int:
        """Who downloads the file."""
        taker: int = self.recipient_id or self.requested_by_id
        return taker

    @property
    def recipient_words(self) -> str:
        if self.recipient is not None:
            return str(self.recipient)
        return f"{self.outside_name} · {self.outside_office}"

    @property
    def name(self) -> str:
        return f"custodian-{self.code}.{self.format}"

    @property
    def exported(self) -> int | None:
        return None if self.included is None else len(self.included)

    @property
    def left_out(self) -> dict[str, Any]:
        return dict(self.omitted)
