"""How a claim is handled: what happened when, what papers were missing, what was filed, and what runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Subject, Unit, User
from access.models.subjects import in_scope
from custodian import clock
from custodian.clocked import Clock, ClockQuerySet
from custodian.regimes.lengths import Length
from records.models.documents import Document
from records.models.holdings import ScopedQuerySet
from records.models.policies import Claim

if TYPE_CHECKING:
    from access.actors import Actor


class ClaimStep(models.Model):
    """One thing that happened, never changed afterwards; `by` is None for the customer and for the system.

    What an imported book tells has a day at most, and no time is invented for it.
    """

    class Code(models.TextChoices):
        REPORTED = "reported", _("已报案")
        TAKEN = "taken", _("开始审核")
        HANDED_ON = "handed-on", _("转由他人办理")
        PAPERS_ASKED = "papers-asked", _("已一次性通知补充材料")
        PAPER_RECEIVED = "paper-received", _("收到补充材料")
        PAPERS_COMPLETE = "papers-complete", _("材料已齐")
        PROPOSED = "proposed", _("核定意见待复核")
        RETURNED = "returned", _("核定意见退回")
        WITHDRAWN = "withdrawn", _("核定意见撤回")
        ADVANCE = "advance", _("决定先行支付")
        ADVANCE_PAID = "advance-paid", _("已先行支付")
        APPROVED = "approved", _("核定给付")
        AGREED = "agreed", _("已就给付数额达成协议")
        PAID = "paid", _("已给付")
        REJECTED = "rejected", _("核定不予给付")
        NOTICE_SENT = "notice-sent", _("已发出拒绝给付通知书")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="steps")
    subject = models.ForeignKey(Subject, models.PROTECT)
    code = models.CharField(_("步骤"), max_length=16, choices=Code)
    at = models.DateTimeField(_("时间"), null=True, default=clock.now)
    day = models.DateField(null=True)
    imported = models.BooleanField(default=False)
    unit = models.ForeignKey(Unit, models.PROTECT, null=True, verbose_name=_("经办机构"))
    by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("pk",)
        indexes = [models.Index(fields=["claim", "code"], name="claim_step_of_claim")]
        constraints = [
            models.CheckConstraint(
                name="claim_step_has_a_time_unless_it_was_imported",
                condition=Q(imported=True, at=None) | Q(imported=False, at__isnull=False, day=None),
            ),
            models.UniqueConstraint(
                fields=["claim", "code"],
                condition=Q(
                    code__in=(
                        *("reported", "papers-asked", "papers-complete", "advance"),
                        *("advance-paid", "approved", "agreed", "paid", "rejected", "notice-sent"),
                    )
                ),
                name="claim_step_happens_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.code}"


class ClaimNeed(models.Model):
    """One paper that the notice of 保险法 art. 22 asked for; the words to it are sealed with the claim."""

    class Kind(models.TextChoices):
        IDENTITY = "identity", _("身份证明")
        RELATION = "relation", _("与被保险人的关系证明")
        MEDICAL = "medical", _("病历、诊断证明")
        INVOICE = "invoice", _("费用发票与清单")
        ACCIDENT = "accident", _("事故证明")
        DEATH = "death", _("死亡证明")
        ACCOUNT = "account", _("收款账户证明")
        OTHER = "other", pgettext_lazy("材料", "其他材料")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="needs")
    subject = models.ForeignKey(Subject, models.PROTECT)
    slot = models.PositiveSmallIntegerField()
    kind = models.CharField(_("材料"), max_length=10, choices=Kind)
    asked_at = models.DateTimeField(_("通知时间"), default=clock.now)
    received_at = models.DateTimeField(_("收到"), null=True)
    # Decided without it: what it would have shown is known otherwise, or it cannot be had.
    waived_at = models.DateTimeField(_("免交"), null=True)
    needed_sealed = models.BinaryField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("slot",)
        constraints = [
            models.UniqueConstraint(fields=["claim", "slot"], name="claim_need_slot_is_unique"),
            models.CheckConstraint(
                name="claim_need_is_received_or_waived",
                condition=Q(received_at=None) | Q(waived_at=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.slot}"

    @property
    def open(self) -> bool:
        return self.received_at is None and self.waived_at is None


class ClaimPaper(models.Model):
    """A document that was filed with the claim, perhaps in answer to what the notice asked for."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="papers")
    subject = models.ForeignKey(Subject, models.PROTECT)
    number = models.PositiveSmallIntegerField()
    kind = models.CharField(_("材料"), max_length=10, choices=ClaimNeed.Kind)
    document = models.OneToOneField(Document, models.PROTECT, related_name="claim_paper")
    need = models.ForeignKey(ClaimNeed, models.PROTECT, null=True, related_name="papers")
    added_at = models.DateTimeField(_("收到"), default=clock.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(fields=["claim", "number"], name="claim_paper_number_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.number}"

    @property
    def is_pdf(self) -> bool:
        return bool(self.document.media_type == "application/pdf")


class ClaimClockQuerySet(ClockQuerySet):
    def visible_to(self, actor: Actor) -> Self:
        return self.filter(in_scope(actor, prefix="subject__"))


class ClaimClock(Clock):
    """`contract_days` stand in for the law's days where the contract says otherwise.

    `told` is what the officer has been told of it already.
    """

    class Told(models.TextChoices):
        NEAR = "near", _("临近")
        LATE = "late", _("已逾期")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="clocks")
    subject = models.ForeignKey(Subject, models.PROTECT)
    contract_days = models.PositiveSmallIntegerField(null=True)
    told = models.CharField(max_length=4, choices=Told, blank=True)

    objects = ClaimClockQuerySet.as_manager()  # type: ignore[misc]  # a clock's own kind of rows

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["claim", "rule"], name="claim_clock_runs_once")
        ]

    def __str__(self) -> str:
        return f"{self.claim_id} {self.rule}"

    def term(self) -> Length | None:
        return None if self.contract_days is None else Length.read(f"{self.contract_days}d")
