"""Packages on their way out and in, what each of them holds, and the keys that open them once."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject, User
from custodian import clock
from custodian.jobs import Job, JobQuerySet
from records.models.holdings import ScopedQuerySet
from transfers.models.portfolio import Transfer


class Invitation(models.Model):
    """A one-time key to which a package may be sealed. The buyer keeps the private half until it is used up.

    The seller's row has the public half alone, read from the buyer's signed card.
    """

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="invitations")
    key = models.CharField(_("密钥编号"), max_length=16)
    public = models.BinaryField()
    made_at = models.DateTimeField(_("生成"), default=clock.now)
    valid_until = models.DateTimeField(_("有效至"))
    made_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    holding = models.UUIDField(null=True, unique=True)  # under which the private half is sealed
    private_sealed = models.BinaryField(null=True)
    ended_at = models.DateTimeField(_("销毁"), null=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("接收邀请")
        verbose_name_plural = pgettext_lazy("列表", "接收邀请")
        constraints = [
            models.UniqueConstraint(fields=["transfer", "key"], name="invitation_is_read_once"),
            models.CheckConstraint(
                name="invitation_that_ended_has_no_private_half",
                condition=Q(ended_at=None) | Q(private_sealed=None),
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Content(models.TextChoices):
    BOOK = "book", _("整册")
    DELTA = "delta", _("变动")
    AGAIN = "again", _("补发")


class HandOver(Job):
    """A package going out: a job that seals customers one after the other and can go on where it stopped."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="hand_overs")
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="hand_overs")
    package = models.UUIDField(_("一次性编号"), default=uuid.uuid4, unique=True, editable=False)
    number = models.PositiveSmallIntegerField(_("序号"))
    content = models.CharField(_("内容"), max_length=8, choices=Content)
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    frozen_at = models.DateTimeField()
    valid_until = models.DateTimeField(_("有效至"))
    only = models.JSONField(null=True)  # the subjects of a package that does not hold them all
    # While it is made: the secret that its keys come from, sealed, and where the writer was.
    holding = models.UUIDField(null=True, unique=True)
    secret_sealed = models.BinaryField(null=True)
    checkpoint = models.JSONField(null=True)
    after = models.BigIntegerField(default=0)  # the last subject that a checkpoint covers
    # When it is made: what the trailer says, and the manifest, which holds no customer's word.
    size = models.PositiveBigIntegerField(_("大小"), null=True)
    root = models.CharField(max_length=64, blank=True)
    signature = models.BinaryField(default=b"")
    manifest = models.JSONField(null=True)
    removed_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("移交包")
        verbose_name_plural = pgettext_lazy("列表", "移交包")
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "number"], name="hand_over_numbers_are_counted"
            ),
            models.CheckConstraint(
                name="hand_over_that_is_made_has_no_secret",
                condition=~Q(status="done") | Q(secret_sealed=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}/{self.number}"


class SentRecord(models.Model):
    """One customer in a package: her place in its tree, and what she was like when she was sealed."""

    hand_over = models.ForeignKey(HandOver, models.PROTECT, related_name="records")
    subject = models.ForeignKey(Subject, models.PROTECT)
    place = models.PositiveBigIntegerField()
    leaf = models.BinaryField(max_length=32)
    looked = models.PositiveIntegerField(default=0)  # entries of her list of looks that went along

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["hand_over", "subject"], name="sent_once_in_a_package"),
            models.UniqueConstraint(
                fields=["hand_over", "place"], name="sent_record_has_its_place"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.hand_over_id}/{self.place}"


class Arrival(Job):
    """A package that came in: checked, laid out in quarantine, loaded out of everybody's sight, let live."""

    class Stage(models.TextChoices):
        QUARANTINE = "quarantine", _("隔离")
        LAID_OUT = "laid_out", _("已核验")
        REFUSED = "refused", _("已拒收")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="arrivals")
    invitation = models.ForeignKey(Invitation, models.PROTECT, related_name="arrivals")
    package = models.UUIDField(_("一次性编号"), unique=True)
    number = models.PositiveSmallIntegerField(_("序号"))
    content = models.CharField(_("内容"), max_length=8, choices=Content)
    stage = models.CharField(_("状态"), max_length=12, choices=Stage, default=Stage.QUARANTINE)
    header = models.JSONField()
    size = models.PositiveBigIntegerField(_("大小"))
    root = models.CharField(max_length=64)
    signature = models.BinaryField()
    came_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    holding = models.UUIDField(null=True, unique=True)
    secret_sealed = models.BinaryField(null=True)
    cursor = models.JSONField(default=dict)  # where in the file the next segment begins
    manifest = models.JSONField(null=True)
    records_root = models.CharField(max_length=64, blank=True)
    removed_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("收到的移交包")
        verbose_name_plural = pgettext_lazy("列表", "收到的移交包")
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "number"], name="arrival_numbers_are_counted"
            )
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id}/{self.number}"


class ArrivedRecord(models.Model):
    """One record in quarantine: where it lies in its package, and what the checks found; no word of it.

    `current`: no later package has brought the same customer again, or said that she stays.
    """

    arrival = models.ForeignKey(Arrival, models.PROTECT, related_name="records")
    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+")
    ref = models.CharField(_("原客户编号"), max_length=16)
    place = models.PositiveBigIntegerField()
    leaf = models.BinaryField(max_length=32)
    counts = models.JSONField(default=dict)
    problems = models.JSONField(
        default=list
    )  # pairs of a code and a place, in the catalogue's words
    current = models.BooleanField(default=True)
    listed = models.BooleanField(default=False)  # in the inventory of what was frozen
    subject = models.OneToOneField(Subject, models.PROTECT, null=True)  # once it is loaded

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.UniqueConstraint(fields=["arrival", "place"], name="arrived_in_its_place"),
            models.UniqueConstraint(
                fields=["transfer", "ref"],
                condition=Q(current=True),
                name="arrived_counts_once",
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class Difference(models.Model):
    """One thing that is not as the seller froze it, by the customer's reference; no value of hers is here."""

    class What(models.TextChoices):
        LOST = "lost", _("清单上有，移交包中没有")
        UNLISTED = "unlisted", _("移交包中有，清单上没有")
        COUNT = "count", _("数量不符")
        AMOUNT = "amount", _("金额不符")
        LEVEL = "level", _("分级会降低")
        UNKNOWN = "unknown", _("本公司的信息目录没有这一项")
        NOBODY = "nobody", _("所指的客户不在移交包中")

    arrival = models.ForeignKey(Arrival, models.PROTECT, related_name="differences")
    what = models.CharField(_("差异"), max_length=8, choices=What)
    ref = models.CharField(_("编号"), max_length=16, blank=True)
    part = models.CharField(max_length=60, blank=True)  # a count, a policy, an element
    sent = models.BigIntegerField(null=True)
    got = models.BigIntegerField(null=True)
    found_at = models.DateTimeField(default=clock.now)
    settled_at = models.DateTimeField(null=True)  # a later package put it right

    class Meta:
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.what} {self.ref}"


class Load(Job):
    """Brings what arrived into the tables, out of everybody's sight until it goes live."""

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="loads")
    unit = models.ForeignKey("access.Unit", models.PROTECT, verbose_name=_("承接机构"))
    requested_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    cursor = models.JSONField(default=dict)
    counts = models.JSONField(default=dict)
    live_at = models.DateTimeField(null=True)

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("载入")
        verbose_name_plural = pgettext_lazy("列表", "载入")

    def __str__(self) -> str:
        return f"{self.transfer_id}"
