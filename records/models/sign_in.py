"""Signing in to the portal: codes that are asked for, codes on paper, doubted contacts, and who came in."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.models import Subject, User
from custodian import clock
from custodian.jobs import Job, JobQuerySet
from records.models.customers import Representative
from records.models.documents import Document
from records.models.holdings import ScopedQuerySet

MOST_TRIES = 5


class Contact(models.TextChoices):
    MOBILE = "mobile", _("手机号码")
    EMAIL = "email", _("电子邮箱")


class CodeQuerySet(JobQuerySet):
    def good(self) -> Self:
        """Those that may still be tried."""
        return self.filter(used_at=None, tries__lt=MOST_TRIES, expires_at__gt=clock.now())


class SignInCode(Job):
    """One code that somebody asked for, and the work of sending it.

    Whether anybody is meant (`subject`) and whether anything was sent, whoever asked is not told. The
    digests are keyed: of what was typed, of the network address and of the browser.
    """

    class For(models.TextChoices):
        SIGN_IN = "sign_in", _("登录")
        CONTACT = "contact", _("更改联系方式")
        RELATIVE = "relative", _("亲属申请")

    subject = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    purpose = models.CharField(max_length=8, choices=For, default=For.SIGN_IN)
    wanted = models.CharField(max_length=6, choices=Contact, blank=True)  # empty: whichever is good
    language = models.CharField(max_length=8, default="zh-hans")
    person = models.BinaryField(max_length=16, default=b"")
    address = models.BinaryField(max_length=16, default=b"")
    browser = models.BinaryField(max_length=16, default=b"")
    known_by = models.BinaryField(max_length=16, default=b"")  # the mark of an earlier visit
    code_mac = models.BinaryField(max_length=32)
    code_sealed = models.BinaryField(null=True)  # until it is sent
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)
    turns = models.PositiveSmallIntegerField(default=0)  # how often sending was tried
    # Of somebody who is no customer: where it goes, until what he asks has come or the time is over.
    to_sealed = models.BinaryField(null=True)
    sent_at = models.DateTimeField(null=True)
    sent_to = models.CharField(max_length=6, choices=Contact, blank=True)
    used_at = models.DateTimeField(null=True)

    objects: ClassVar[Any] = CodeQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(fields=["browser", "created_at"], name="sign_in_code_browser"),
            models.Index(fields=["address", "created_at"], name="sign_in_code_address"),
            models.Index(fields=["subject", "created_at"], name="sign_in_code_subject"),
        ]
        constraints = [
            models.CheckConstraint(
                name="sign_in_code_says_where_it_was_sent",
                condition=Q(sent_at=None, sent_to="") | Q(sent_at__isnull=False) & ~Q(sent_to=""),
            ),
            models.CheckConstraint(
                name="sign_in_code_is_used_only_when_sent",
                condition=Q(used_at=None) | Q(sent_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]


class EntryCode(models.Model):
    """A code on paper for one entry: handed out at a branch after a look at a document, or by letter."""

    class Proof(models.TextChoices):
        BRANCH = "branch", _("柜面核验")
        PAPER = "paper", _("信函")

    class Seen(models.TextChoices):
        RESIDENT_ID = "resident_id", _("居民身份证")
        HOUSEHOLD = "household", _("户口簿")
        PASSPORT = "passport", _("护照")
        PERMIT = "permit", _("港澳台居民居住证或通行证")
        LETTER = "letter", _("书面申请")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT)
    proof = models.CharField(max_length=6, choices=Proof)
    seen = models.CharField(_("核验的证件"), max_length=12, choices=Seen)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    approval = models.OneToOneField("access.Approval", models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=clock.now)
    code_mac = models.BinaryField(max_length=32, default=b"")  # none before the letter is printed
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-made_at",)

    def __str__(self) -> str:
        return str(self.ref)[:8]


class ContactFlag(models.Model):
    """A contact on file that is not the customer's own, or may not be: no code goes there."""

    class Why(models.TextChoices):
        NOT_HERS = "not_hers", _("客户说不是本人的")
        STAFF = "staff", _("属于代理人或员工")
        WRONG = "wrong", _("号码有误或已换人")
        SUSPECTED = "suspected", _("疑似被冒用")

    subject = models.ForeignKey(Subject, models.PROTECT)
    contact = models.CharField(_("联系方式"), max_length=6, choices=Contact)
    why = models.CharField(_("原因"), max_length=10, choices=Why)
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    since = models.DateTimeField(default=clock.now)
    until = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-since",)
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "contact"],
                condition=Q(until=None),
                name="contact_is_flagged_once_at_a_time",
            )
        ]

    def __str__(self) -> str:
        return f"{self.contact} #{self.subject_id}"


class Entrance(models.Model):
    """One time that somebody came in for a customer. `known_by` is the mark left in her browser."""

    subject = models.ForeignKey(Subject, models.PROTECT)
    by = models.ForeignKey(
        Subject, models.PROTECT, related_name="+"
    )  # she herself, or who acts for her
    at = models.DateTimeField(default=clock.now)
    proof = models.CharField(max_length=8)
    capacity = models.CharField(max_length=12, default="self")
    device = models.CharField(max_length=10, blank=True)
    known_by = models.BinaryField(max_length=16, default=b"")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-at",)
        indexes = [models.Index(fields=["subject", "at"], name="entrance_subject")]

    def __str__(self) -> str:
        return f"#{self.subject_id} {self.at:%Y-%m-%d}"


class Representation(models.Model):
    """What was put up so that somebody may act for a customer: who, as what, on which evidence."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT)
    representative = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    kind = models.CharField(_("身份"), max_length=12, choices=Representative.Kind)
    relation = models.CharField(_("关系"), max_length=20, blank=True)
    evidence = models.ForeignKey(Document, models.PROTECT, related_name="+")
    until = models.DateField(_("至"), null=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=clock.now)
    status = models.CharField(
        max_length=8,
        choices=[("waiting", _("待复核")), ("made", _("已登记")), ("returned", _("已退回"))],
        default="waiting",
    )
    approval: Any = models.OneToOneField("access.Approval", models.PROTECT, related_name="+")
    row = models.OneToOneField(
        "records.Representative", models.SET_NULL, null=True, related_name="+"
    )

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-asked_at",)
        constraints = [
            models.CheckConstraint(
                name="nobody_is_put_up_to_represent_himself",
                condition=~Q(subject=models.F("representative")),
            )
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]
