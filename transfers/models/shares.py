"""Shares: elements of chosen customers for one partner, what it holds of them, and what it must be told."""

from __future__ import annotations

import secrets
import uuid
from datetime import datetime
from typing import Any, Final, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject, User
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.jobs import Job, JobQuerySet
from transfers.models.agreements import Agreement, AgreementPaper
from transfers.models.counterparties import Counterparty

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_share_code() -> str:
    """A number that is easy to read out and tells nothing: `S-7K2M-41PD`."""
    drawn = "".join(secrets.choice(_LETTERS) for _each in range(8))
    return f"S-{drawn[:4]}-{drawn[4:]}"


class ShareQuerySet(JobQuerySet):
    def due(self) -> Self:
        """Files that somebody else has approved, and that nobody has stopped."""
        ready = super().due().filter(form=Share.Form.FILE, approved_at__isnull=False)
        return ready.filter(ended_at=None, expires_at__gt=clock.now())


class Share(Job):
    """`candidates` is who was chosen and approved, by ordinal; it never grows. `included` is in the file."""

    class Form(models.TextChoices):
        FILE = "file", _("文件")
        API = "api", _("接口")

    class Format(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", _("Excel 工作簿")

    class Removed(models.TextChoices):
        EXPIRED = "expired", _("已过期")
        ENDED = "ended", _("已停止提供")
        DESTROYED = "destroyed", _("其中有客户的资料已销毁")

    code = models.CharField(_("提供编号"), max_length=16, unique=True, default=new_share_code)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="shares")
    form = models.CharField(_("方式"), max_length=4, choices=Form)
    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose)
    reason = models.CharField(_("理由"), max_length=200)
    elements = ArrayField(models.CharField(max_length=40), verbose_name=_("信息项"))
    scope = models.JSONField(default=dict)  # book, product, unit, customers: as it was chosen
    candidates = ArrayField(models.BigIntegerField())
    expires_at = models.DateTimeField(_("有效至"))
    requested_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("申请人")
    )
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    approved_at = models.DateTimeField(_("批准"), null=True)
    ended_at = models.DateTimeField(_("停止"), null=True)
    # A file
    builder = models.CharField(max_length=20, default="customers")
    format = models.CharField(_("格式"), max_length=4, choices=Format, default=Format.CSV)
    language = models.CharField(max_length=8, default="zh-hans")
    channel = models.CharField(max_length=10, choices=Channel, default=Channel.TASK)
    included = ArrayField(models.BigIntegerField(), null=True)
    canaries = ArrayField(models.BigIntegerField(), default=list)
    omitted = models.JSONField(default=dict)  # how many, by reason
    fingerprint = models.CharField(_("指纹"), max_length=16, blank=True)
    holding = models.UUIDField(unique=True, editable=False)  # of the key of the sealed file
    length = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    taken_at = models.DateTimeField(_("取走"), null=True)
    removed_at = models.DateTimeField(null=True)
    removed = models.CharField(max_length=10, choices=Removed, blank=True)
    # An interface
    token = models.BinaryField(max_length=32, unique=True, null=True)  # the hash of the secret
    token_at = models.DateTimeField(null=True)
    networks = ArrayField(models.CharField(max_length=50), default=list, blank=True)
    rate = models.PositiveIntegerField(_("每分钟请求数"), default=60)

    objects = ShareQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        verbose_name = pgettext_lazy("合作方", "提供")
        verbose_name_plural = pgettext_lazy("合作方", "提供")
        constraints = [
            models.CheckConstraint(
                name="share_is_made_when_approved",
                condition=Q(approved_at__isnull=False) | Q(status__in=("queued", "refused")),
            ),
            models.CheckConstraint(
                name="share_token_is_an_interfaces", condition=Q(token=None) | Q(form="api")
            ),
            models.CheckConstraint(
                name="share_removal_says_why",
                condition=Q(removed_at=None, removed="")
                | (Q(removed_at__isnull=False) & ~Q(removed="")),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def over_at(self) -> datetime:
        """From when on nothing is given any more: no share outlives its agreement."""
        ends = [self.expires_at, self.agreement.over_at, self.ended_at]
        return min(each for each in ends if each is not None)

    @property
    def is_open(self) -> bool:
        """Whether something may be given under it now."""
        approved = self.approved_at is not None
        return approved and self.agreement.is_running and clock.now() < self.over_at

    @property
    def given(self) -> int | None:
        return None if self.included is None else len(self.included)

    @property
    def left_out(self) -> dict[str, Any]:
        return dict(self.omitted)

    @property
    def name(self) -> str:
        return f"custodian-{self.code}.{self.format}"


class CopyQuerySet(models.QuerySet["SharedCopy"]):
    def live(self) -> Self:
        """Of which nothing shows that they are back or deleted."""
        return self.filter(share__agreement__proven_at=None)


class SharedCopy(models.Model):
    """One delivery: what of one customer one partner was given when. Never a value of hers.

    `marks` are keyed fingerprints of the values by element: whoever has a value can tell whether it was this.
    """

    share = models.ForeignKey(Share, models.PROTECT, related_name="copies")
    counterparty = models.ForeignKey(Counterparty, models.PROTECT, related_name="+")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    elements = ArrayField(models.CharField(max_length=40))
    marks = models.JSONField(default=dict)
    given_at = models.DateTimeField(default=clock.now)
    entry = models.BigIntegerField()  # of the query log

    objects = CopyQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "counterparty"], name="copies_of_a_customer"),
            models.Index(fields=["counterparty", "given_at"], name="copies_of_a_partner"),
        ]

    def __str__(self) -> str:
        return f"{self.share_id} #{self.pk}"


class Telling(models.Model):
    """One corrected value that one partner must be told of, because it holds a copy."""

    class Status(models.TextChoices):
        OPEN = "open", _("待告知")
        SENT = "sent", _("已告知，待回执")
        CONFIRMED = "confirmed", _("已确认收到")

    class How(models.TextChoices):
        API = "api", _("接口")
        FILE = "file", _("文件")

    class Receipt(models.TextChoices):
        SIGNED = "signed", _("对方签名")
        TOKEN = "token", _("对方令牌")
        PAPER = "paper", _("书面回执")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    counterparty = models.ForeignKey(Counterparty, models.PROTECT, related_name="tellings")
    share = models.ForeignKey(Share, models.PROTECT, related_name="tellings")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    correction = models.CharField(_("更正编号"), max_length=40)
    element = models.CharField(_("信息项"), max_length=40)
    holding = models.UUIDField()
    slot = models.PositiveIntegerField(default=0)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.OPEN)
    opened_at = models.DateTimeField(_("更正"), default=clock.now)
    due_at = models.DateTimeField(_("期限"))
    sent_at = models.DateTimeField(_("告知"), null=True)
    sent_how = models.CharField(max_length=4, choices=How, blank=True)
    mark = models.CharField(max_length=64, blank=True)  # fingerprint of what was told
    confirmed_at = models.DateTimeField(_("确认"), null=True)
    receipt = models.CharField(_("回执"), max_length=6, choices=Receipt, blank=True)
    signature = models.BinaryField(null=True)
    paper = models.ForeignKey(AgreementPaper, models.PROTECT, null=True, related_name="+")
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("due_at", "pk")
        verbose_name = _("须告知的更正")
        verbose_name_plural = pgettext_lazy("列表", "须告知的更正")
        indexes = [
            models.Index(fields=["subject", "correction"], name="tellings_of_a_correction"),
            models.Index(
                fields=["due_at"], condition=~Q(status="confirmed"), name="tellings_to_be_done"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["counterparty", "correction", "element", "holding", "slot"],
                name="a_partner_is_told_of_a_value_once",
            ),
            models.CheckConstraint(
                name="telling_confirmed_says_how",
                condition=Q(status="confirmed", confirmed_at__isnull=False) & ~Q(receipt="")
                | ~Q(status="confirmed") & Q(confirmed_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.correction} {self.element}"

    @property
    def is_late(self) -> bool:
        return self.status != self.Status.CONFIRMED and self.due_at <= clock.now()
