"""What was decided on a claim, what was paid, and the terms under which one person may decide alone."""

from __future__ import annotations

from typing import Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject, User
from custodian import clock
from records.models.books import Product
from records.models.holdings import ScopedQuerySet
from records.models.policies import Claim


class ClaimTermsQuerySet(models.QuerySet["ClaimTerms"]):
    def in_force(self) -> Self:
        now = clock.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


class ClaimTerms(models.Model):
    """The house's own terms (`product` None), or what the contracts of a product say; a change is a new row.

    `limit` in yuan: from more than this on a second person decides. `refusals`: he does on every refusal.
    `decide_days`: what a contract says instead of the thirty days of 保险法 art. 23.
    """

    product = models.ForeignKey(
        Product, models.PROTECT, null=True, related_name="+", verbose_name=_("险种")
    )
    version = models.PositiveIntegerField(_("版本"), default=1)
    limit = models.DecimalField(_("一人可决定的金额"), max_digits=15, decimal_places=2, null=True)
    refusals = models.BooleanField(_("不予给付一律复核"), default=True)
    decide_days = models.PositiveSmallIntegerField(_("合同约定的核定天数"), null=True)
    since = models.DateTimeField(_("生效"), default=clock.now)
    until = models.DateTimeField(_("失效"), null=True)
    # None for the row that an installation begins with.
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")

    objects = ClaimTermsQuerySet.as_manager()

    class Meta:
        ordering = ("product", "-version")
        constraints = [
            models.UniqueConstraint(
                fields=["product", "version"],
                nulls_distinct=False,
                name="claim_terms_version_is_unique",
            ),
            models.CheckConstraint(
                name="claim_terms_say_one_thing",
                condition=Q(product=None, limit__isnull=False, decide_days=None)
                | Q(product__isnull=False, limit=None),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id or '-'} v{self.version}"


class ClaimDecision(models.Model):
    """Proposed by the handler; in force at once, or once a second person has approved exactly this.

    `slot` tells decisions on one claim apart; amount and reasons lie under the claim's key.
    """

    class Kind(models.TextChoices):
        APPROVE = "approve", _("给付")
        REJECT = "reject", _("不予给付")
        ADVANCE = "advance", _("先行支付")

    class Status(models.TextChoices):
        WAITING = "waiting", _("待复核")
        EFFECTIVE = "effective", _("已生效")
        RETURNED = "returned", _("已退回")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Ground(models.TextChoices):
        """Why a claim is refused, as far as it is counted; the words to it are sealed."""

        NOT_COVERED = "not-covered", _("不属于保险责任")
        EXCLUDED = "excluded", _("属于责任免除")
        WAITING_PERIOD = "waiting-period", _("在等待期内")
        NOT_IN_FORCE = "not-in-force", _("合同当时未生效或已中止")
        NOT_DISCLOSED = "not-disclosed", _("投保时未如实告知")
        NOT_PROVED = "not-proved", _("证明材料不足")
        OTHER = "other", pgettext_lazy("理由", "其他")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="decisions")
    subject = models.ForeignKey(Subject, models.PROTECT)
    slot = models.PositiveSmallIntegerField()
    kind = models.CharField(_("核定"), max_length=8, choices=Kind)
    ground = models.CharField(_("不予给付的原因"), max_length=16, choices=Ground, blank=True)
    status = models.CharField(_("状态"), max_length=10, choices=Status)
    # Whether the customer has to agree to the amount first; otherwise the decision is the agreement.
    asks_agreement = models.BooleanField(_("须先与客户就数额达成协议"), default=False)
    proposed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("提出人")
    )
    proposed_at = models.DateTimeField(_("提出"), default=clock.now)
    effective_at = models.DateTimeField(_("生效"), null=True)
    terms = models.ForeignKey(ClaimTerms, models.PROTECT, related_name="+")
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    decided_amount_sealed = models.BinaryField(null=True)
    decision_reasons_sealed = models.BinaryField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("slot",)
        constraints = [
            models.UniqueConstraint(fields=["claim", "slot"], name="claim_decision_slot_is_unique"),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(status="waiting"),
                name="claim_decision_waits_one_at_a_time",
            ),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(status="effective") & ~Q(kind="advance"),
                name="claim_is_decided_once",
            ),
            models.UniqueConstraint(
                fields=["claim"],
                condition=Q(status="effective", kind="advance"),
                name="claim_has_one_advance",
            ),
            models.CheckConstraint(
                name="claim_refusal_has_a_ground",
                condition=(Q(kind="reject") & ~Q(ground="")) | (~Q(kind="reject") & Q(ground="")),
            ),
            models.CheckConstraint(
                name="claim_decision_waits_for_an_approval",
                condition=Q(status="effective") | Q(approval__isnull=False),
            ),
            models.CheckConstraint(
                name="claim_decision_is_dated_when_effective",
                condition=Q(status="effective", effective_at__isnull=False)
                | (~Q(status="effective") & Q(effective_at=None)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.slot}"


class ClaimPayment(models.Model):
    """Money that left, to an account on file; `payee` None once she is destroyed."""

    class Kind(models.TextChoices):
        ADVANCE = "advance", _("先行支付")
        FINAL = "final", _("给付")

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="payments")
    subject = models.ForeignKey(Subject, models.PROTECT)
    slot = models.PositiveSmallIntegerField()
    decision = models.OneToOneField(ClaimDecision, models.PROTECT, related_name="payment")
    kind = models.CharField(_("类别"), max_length=8, choices=Kind)
    payee = models.ForeignKey(
        Subject, models.PROTECT, null=True, related_name="+", verbose_name=_("收款人")
    )
    account_slot = models.PositiveSmallIntegerField(_("收款账户"))
    paid_on = models.DateField(_("付款日"))
    recorded_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(_("登记"), default=clock.now)
    paid_amount_sealed = models.BinaryField(null=True)
    payment_reference_sealed = models.BinaryField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("slot",)
        constraints = [
            models.UniqueConstraint(fields=["claim", "slot"], name="claim_payment_slot_is_unique")
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.slot}"
