"""Cases: what a supervising office or an auditor may take from the log, until when, and what was taken."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.approvals import Approval
from access.models.people import User
from access.vocabulary import Role
from custodian import clock
from custodian.jobs import Job, JobQuerySet

if TYPE_CHECKING:
    from access.actors import Actor

OFFICES = (Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER)


class CaseQuerySet(models.QuerySet["Case"]):
    def open(self, at: datetime | None = None) -> Self:
        """Approved, not closed, and not past the second at which access ends."""
        now = at or clock.now()
        return self.filter(status=Case.Status.OPEN, access_until__gt=now)

    def visible_to(self, actor: Actor) -> Self:
        """Officers see every case; whoever is its guest sees his own, while it is open."""
        if actor.role in OFFICES:
            return self
        return self.open().filter(guests=actor.id or 0)


class Case(models.Model):
    """The scope is a period and, unless `everything`, operators, customers and units within it."""

    class Status(models.TextChoices):
        WAITING = "waiting", _("待复核")
        OPEN = "open", _("开放")
        CLOSED = "closed", _("已结束")
        RETURNED = "returned", _("已退回")

    ref = models.CharField(_("案件"), max_length=16, unique=True)
    title = models.CharField(_("事由"), max_length=120)
    office = models.CharField(_("监管机构"), max_length=80)
    letter = models.CharField(_("函号"), max_length=60, blank=True)
    status = models.CharField(_("状态"), max_length=8, choices=Status, default=Status.WAITING)
    since = models.DateField(_("自"))
    until = models.DateField(_("至"))
    everything = models.BooleanField(_("时段内全部条目"), default=False)
    operators = ArrayField(models.UUIDField(), default=list, blank=True)
    customers = ArrayField(models.UUIDField(), default=list, blank=True)
    units = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # How the customers are called outside the log; a guest of the case could not look it up.
    called = models.JSONField(default=dict)
    key_customers = ArrayField(models.UUIDField(), default=list, blank=True)
    guests = models.ManyToManyField(User, related_name="+", verbose_name=_("案件人员"))
    # Once its guests, by reference: taken out of it, and not put in anew.
    former_guests = ArrayField(models.UUIDField(), default=list, blank=True)
    access_until = models.DateTimeField(_("访问至"))
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("开立人"))
    opened_at = models.DateTimeField(_("开立"), default=clock.now)
    closed_at = models.DateTimeField(_("结束"), null=True)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    objects = CaseQuerySet.as_manager()

    class Meta:
        ordering = ("-opened_at",)
        verbose_name = _("案件")
        verbose_name_plural = pgettext_lazy("列表", "监管案件")
        constraints = [
            models.CheckConstraint(name="case_covers_a_period", condition=Q(since__lte=F("until"))),
            models.CheckConstraint(
                name="case_gives_keys_of_its_own_customers_only",
                condition=Q(key_customers__contained_by=F("customers")),
            ),
        ]

    def __str__(self) -> str:
        return self.ref


class BundleQuerySet(JobQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        """Officers see that a bundle exists; only its recipient takes it."""
        if actor.role in OFFICES:
            return self
        return self.filter(case__in=Case.objects.visible_to(actor), recipient=actor.id or 0)


class Bundle(Job):
    """One file of the log for one recipient, built from criteria inside an approved case."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="bundles", verbose_name=_("案件"))
    number = models.PositiveIntegerField()
    recipient = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("接收人"))
    requested_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    criteria = models.JSONField()
    language = models.CharField(max_length=8, default="zh-hans")
    size = models.BigIntegerField(null=True)
    entries = models.BigIntegerField(null=True)
    # Of the key that the file is sealed under.
    holding = models.UUIDField(null=True, unique=True, editable=False)
    length = models.BigIntegerField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    # What the verifier printed when the file was made, by language.
    verdict = models.JSONField(default=dict)
    downloads = models.PositiveIntegerField(default=0)
    expires_at = models.DateTimeField(null=True)
    verified_at = models.DateTimeField(null=True)

    objects = BundleQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-created_at",)
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="bundle_number_is_unique"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return f"custodian-{self.case.ref}-b{self.number}.zip"


class Handout(models.Model):
    """A checkpoint that somebody took away: what he holds later has to fit."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    size = models.BigIntegerField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ("-size",)
        constraints = [
            models.UniqueConstraint(fields=["user", "size"], name="handout_is_noted_once")
        ]

    def __str__(self) -> str:
        return f"{self.size}"
