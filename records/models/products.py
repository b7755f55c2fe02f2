"""What a product was filed and sold under, what was sold otherwise, and reviews of the law about it."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Finding, User
from custodian import clock
from records.models.books import Product


class ProductVersion(models.Model):
    """Filing and times of sale as two people approved them; rows are only added, and the newest holds.

    `suspensions`: `since`, `until` (null: not ended yet) and `reason`; both days, in ISO form, belong to it.
    """

    product = models.ForeignKey(Product, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    filed = models.BooleanField(_("已备案"))
    filed_on = models.DateField(_("备案日"), null=True)
    filing_no = models.CharField(_("备案号"), max_length=60, blank=True)
    sold_from = models.DateField(_("开售日"), null=True)
    sold_until = models.DateField(_("停售日"), null=True)  # its last day
    suspensions = models.JSONField(default=list)
    source = models.CharField(_("依据"), max_length=200)
    reason = models.CharField(_("理由"), max_length=200)
    made_at = models.DateTimeField(_("生效"), default=clock.now)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("product", "-number")
        constraints = [
            models.UniqueConstraint(
                name="product_version_comes_once", fields=["product", "number"]
            ),
            models.CheckConstraint(
                name="product_filed_has_its_number",
                condition=Q(filed=True, filed_on__isnull=False) & ~Q(filing_no="")
                | Q(filed=False, filed_on=None, filing_no=""),
            ),
            models.CheckConstraint(
                name="product_sale_ends_after_it_begins",
                condition=Q(sold_from=None)
                | Q(sold_until=None)
                | Q(sold_until__gte=F("sold_from")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} v{self.number}"


class ProductBreach(models.Model):
    """How many policies of a product were sold as they should not have been, for one reason: counted anew."""

    class Reason(models.TextChoices):
        NOT_FILED = "not_filed", _("销售时没有备案")
        SUSPENDED = "suspended", _("暂停销售期间售出")
        EARLY = "early", _("开售之前售出")
        LATE = "late", _("停售之后售出")

    product = models.ForeignKey(Product, models.PROTECT, related_name="breaches")
    reason = models.CharField(_("原因"), max_length=10, choices=Reason)
    count = models.PositiveIntegerField(_("保单数"))
    first_on = models.DateField(_("最早"), null=True)
    last_on = models.DateField(_("最晚"), null=True)
    by_unit = models.JSONField(default=dict)  # code to how many
    by_intermediary = models.JSONField(default=dict)  # likewise; empty code: without one
    finding = models.ForeignKey(Finding, models.SET_NULL, null=True, related_name="+")
    told = models.PositiveIntegerField(default=0)  # the most that a finding said
    counted_at = models.DateTimeField(_("核对时间"), default=clock.now)

    class Meta:
        ordering = ("product", "reason")
        constraints = [
            models.UniqueConstraint(name="product_breach_stands_once", fields=["product", "reason"])
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.reason}"


class ProductReview(models.Model):
    """One look at a product because the law about its kind had changed: open until somebody has reviewed it.

    `before` and `after` are fingerprints by the code of each part of the law. A product's first row only says
    from which law on it is watched, and nobody reviewed that.
    """

    class State(models.TextChoices):
        BASELINE = "baseline", _("起点")
        OPEN = "open", _("待复查")
        DONE = "done", pgettext_lazy("险种", "已复查")

    product = models.ForeignKey(Product, models.PROTECT, related_name="reviews")
    state = models.CharField(_("状态"), max_length=8, choices=State)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    opened_at = models.DateTimeField(_("提出"), default=clock.now)
    note = models.CharField(_("复查结论"), max_length=500, blank=True)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reviewed_at = models.DateTimeField(_("复查时间"), null=True)

    class Meta:
        ordering = ("product", "-pk")
        constraints = [
            models.UniqueConstraint(
                name="product_has_one_review_open", fields=["product"], condition=Q(state="open")
            ),
            models.CheckConstraint(
                name="product_review_done_says_who_when_and_what",
                condition=Q(state="done", reviewed_by__isnull=False, reviewed_at__isnull=False)
                & ~Q(note="")
                | ~Q(state="done") & Q(reviewed_by=None, reviewed_at=None, note=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.product_id} {self.state}"
