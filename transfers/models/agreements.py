"""Agreements: what one counterparty may receive and on which terms, their versions, papers and reviews."""

from __future__ import annotations

import uuid
from datetime import datetime, time, timedelta
from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock
from transfers.models.counterparties import Counterparty


class AgreementQuerySet(models.QuerySet["Agreement"]):
    def running(self) -> Self:
        """In force at this moment."""
        now = clock.now()
        today = clock.local(now).date()
        return self.filter(status=Agreement.Status.IN_FORCE, since__lte=today, until__gte=today)

    def over(self) -> Self:
        """That were in force and are no more."""
        today = clock.local().date()
        ended = Q(status=Agreement.Status.ENDED)
        return self.filter(ended | Q(status=Agreement.Status.IN_FORCE, until__lt=today))

    def unproven(self) -> Self:
        """Over, and nothing shows yet that what was given is returned or deleted."""
        return self.over().filter(proven_at=None)


class Agreement(models.Model):
    """`terms` are those in force, `draft` those that somebody works on; both as `terms.Terms` writes them.

    A version of the terms counts once a second person said yes to it; the columns repeat what lists ask for.
    """

    class Part(models.TextChoices):
        ENTRUSTED = "entrusted", _("委托处理")
        PROVIDED = "provided", _("提供给其他处理者")
        JOINT = "joint", _("共同处理")

    class Status(models.TextChoices):
        DRAFT = "draft", _("草稿")
        ASKED = "asked", _("待复核")
        IN_FORCE = "in_force", pgettext_lazy("协议", "生效")
        ENDED = "ended", _("已提前结束")

    class End(models.TextChoices):
        RETURNED = "returned", _("已返还")
        DELETED = "deleted", _("已删除")
        BOTH = "both", _("返还后删除")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("协议编号"), max_length=16, unique=True)  # AG-2026-003
    counterparty = models.ForeignKey(Counterparty, models.PROTECT, related_name="agreements")
    part = models.CharField(pgettext_lazy("协议", "性质"), max_length=10, choices=Part)
    title = models.CharField(_("名称"), max_length=100)
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.DRAFT)
    draft = models.JSONField(null=True)
    terms = models.JSONField(null=True)
    since = models.DateField(_("自"), null=True)
    until = models.DateField(_("至"), null=True)  # its last day
    review_on = models.DateField(_("复查日"), null=True)
    opened_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("起草人"))
    opened_at = models.DateTimeField(_("起草"), default=clock.now)
    # Of the draft that waits, and of the early end.
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    end_approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    end_reason = models.CharField(_("提前结束的理由"), max_length=200, blank=True)
    ended_at = models.DateTimeField(_("提前结束"), null=True)
    proven = models.CharField(_("资料去向"), max_length=8, choices=End, blank=True)
    proven_at = models.DateTimeField(_("证明归档"), null=True)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = pgettext_lazy("合作方", "协议")
        verbose_name_plural = pgettext_lazy("列表", "协议")
        constraints = [
            models.CheckConstraint(
                name="agreement_in_force_has_terms",
                condition=Q(
                    status__in=("draft", "asked"), terms__isnull=True, since=None, until=None
                )
                | Q(
                    status__in=("in_force", "ended"),
                    terms__isnull=False, since__isnull=False, until__isnull=False,
                ),
            ),
            models.CheckConstraint(
                name="agreement_ended_early_is_dated",
                condition=Q(status="ended", ended_at__isnull=False)
                | (~Q(status="ended") & Q(ended_at=None)),
            ),
            models.CheckConstraint(
                name="agreement_proof_says_what",
                condition=Q(proven_at=None, proven="") | (Q(proven_at__isnull=False) & ~Q(proven="")),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return self.code

    @property
    def over_at(self) -> datetime | None:
        """The moment from which nothing may be given any more; None of one that was never in force."""
        if self.until is None:
            return None
        last = datetime.combine(self.until + timedelta(days=1), time(), tzinfo=clock.OFFICE)
        return min(last, self.ended_at) if self.ended_at else last

    @property
    def is_running(self) -> bool:
        now, over = clock.now(), self.over_at
        if self.status != self.Status.IN_FORCE or self.since is None or over is None:
            return False
        return self.since <= clock.local(now).date() and now < over

    @property
    def is_over(self) -> bool:
        over = self.over_at
        return over is not None and over <= clock.now()

    @property
    def is_live(self) -> bool:
        """Whether its partner may still hold what was given: until there is proof of the contrary."""
        return self.terms is not None and self.proven_at is None


class AgreementVersion(models.Model):
    """Terms that two people agreed to; never edited."""

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    terms = models.JSONField()
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    agreed_at = models.DateTimeField(_("复核"), default=clock.now)

    class Meta:
        ordering = ("-number",)
        constraints = [
            models.UniqueConstraint(
                fields=["agreement", "number"], name="agreement_version_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.agreement_id} v{self.number}"


class AgreementPaper(models.Model):
    """A file that belongs to an agreement, drawn anew and sealed; nobody's but the house's."""

    class Kind(models.TextChoices):
        CONTRACT = "contract", _("合同")
        ASSESSMENT = "assessment", _("安全评估报告")
        CONSENT = "consent", _("同意转委托的文件")
        REVIEW = "review", _("年度复查记录")
        PROOF = "proof", _("返还或删除的证明")
        RECEIPT = "receipt", _("更正的回执")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="papers")
    kind = models.CharField(_("种类"), max_length=10, choices=Kind)
    name = models.CharField(_("文件"), max_length=120)
    media_type = models.CharField(max_length=40)
    size = models.PositiveIntegerField()
    sha256 = models.CharField(_("摘要"), max_length=64)  # of what is kept
    received = models.CharField(max_length=64)  # of the file as it came
    body = models.BinaryField()  # sealed
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("归档人"))
    filed_at = models.DateTimeField(_("归档"), default=clock.now)

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.kind} {str(self.ref)[:8]}"


class AgreementReview(models.Model):
    """Somebody looked again at whether the partner keeps to it."""

    class Result(models.TextChoices):
        GOOD = "good", _("履约良好")
        MEASURES = "measures", _("须整改")
        BAD = "bad", _("应停止合作")

    agreement = models.ForeignKey(Agreement, models.PROTECT, related_name="reviews")
    result = models.CharField(_("结论"), max_length=8, choices=Result)
    note = models.CharField(_("说明"), max_length=200)
    reviewed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("复查人")
    )
    reviewed_at = models.DateTimeField(_("复查"), default=clock.now)
    next_on = models.DateField(_("下次复查"))

    class Meta:
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.agreement_id} {self.next_on}"
