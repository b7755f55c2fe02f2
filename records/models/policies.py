"""Policies, who is who in them, and claims."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from django.db import models
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Subject, User, WorkItem
from access.models.subjects import in_scope
from custodian import clock
from records import references
from records.models.books import Book, Intermediary, Product
from records.models.holdings import Holding, ScopedQuerySet

if TYPE_CHECKING:
    from access.actors import Actor


class PolicyQuerySet(models.QuerySet[Any]):
    def visible_to(self, actor: Actor) -> Self:
        """Policies in which some visible customer has a role."""
        roles = PolicyRole.objects.filter(
            in_scope(actor, prefix="subject__"), policy=OuterRef("pk")
        )
        return self.filter(Exists(roles))


class Policy(Holding):
    """`subject` is the policyholder: every value of a policy is hers."""

    class Status(models.TextChoices):
        IN_FORCE = "in_force", _("有效")
        SUSPENDED = "suspended", _("中止")
        TERMINATED = "terminated", _("终止")

    class Frequency(models.TextChoices):
        SINGLE = "single", _("趸交")
        YEARLY = "yearly", _("年交")
        HALF_YEARLY = "half_yearly", _("半年交")
        QUARTERLY = "quarterly", _("季交")
        MONTHLY = "monthly", _("月交")

    ref = models.CharField(_("保单编号"), max_length=16, unique=True, default=references.new_policy)
    subject = models.ForeignKey(Subject, models.PROTECT, verbose_name=_("投保人"))
    book = models.ForeignKey(Book, models.PROTECT, verbose_name=_("账册"))
    product = models.ForeignKey(Product, models.PROTECT, verbose_name=_("险种"))
    intermediary = models.ForeignKey(
        Intermediary, models.PROTECT, null=True, verbose_name=_("中介机构")
    )
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.IN_FORCE)
    starts_on = models.DateField(_("生效日"), null=True)
    ends_on = models.DateField(_("满期日"), null=True)
    pay_frequency = models.CharField(_("交费方式"), max_length=12, choices=Frequency, blank=True)
    next_due_on = models.DateField(_("下次交费"), null=True)
    source_digest = models.BinaryField(max_length=16)
    row_digest = models.BinaryField(max_length=16, default=b"")
    created_at = models.DateTimeField(default=clock.now)
    number_sealed = models.BinaryField(null=True)
    sum_insured_sealed = models.BinaryField(null=True)
    premium_sealed = models.BinaryField(null=True)
    beneficiaries_sealed = models.BinaryField(null=True)
    health_declaration_sealed = models.BinaryField(null=True)
    query_password_sealed = models.BinaryField(null=True)

    objects = PolicyQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("保单")
        verbose_name_plural = pgettext_lazy("列表", "保单")
        constraints = [
            models.UniqueConstraint(
                fields=["book", "source_digest"], name="policy_is_once_in_a_book"
            )
        ]

    def __str__(self) -> str:
        return self.ref


class PolicyRole(models.Model):
    class Role(models.TextChoices):
        POLICYHOLDER = "policyholder", _("投保人")
        INSURED = "insured", _("被保险人")
        BENEFICIARY = "beneficiary", _("受益人")

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="roles")
    subject = models.ForeignKey(Subject, models.PROTECT)
    role = models.CharField(_("角色"), max_length=12, choices=Role)
    relation = models.CharField(_("与投保人关系"), max_length=20, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "subject", "role"], name="policy_role_is_held_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.role}"


class Claim(Holding):
    """`subject` is whose health or loss it tells about; open ones hang on a work item and a handler.

    `filed_at` None: it was imported, and its steps have days at most.
    """

    class Status(models.TextChoices):
        REPORTED = "reported", _("已报案")
        EXAMINING = "examining", _("审核中")
        WAITING = "waiting", _("待补材料")
        APPROVED = "approved", _("已核赔")
        PAID = "paid", _("已给付")
        REJECTED = "rejected", _("不予给付")

    class Channel(models.TextChoices):
        """How the insurer heard of it."""

        PORTAL = "portal", _("客户服务")
        BRANCH = "branch", _("柜面")
        PHONE = "phone", _("电话")
        LETTER = "letter", _("信函")
        AGENT = "agent", _("代理人")

    class Kind(models.TextChoices):
        MEDICAL = "medical", _("医疗")
        ILLNESS = "illness", _("重疾")
        ACCIDENT = "accident", _("意外")
        DEATH = "death", _("身故")
        OTHER = "other", _("其他")

    ref = models.CharField(_("赔案编号"), max_length=16, unique=True, default=references.new_claim)
    subject = models.ForeignKey(Subject, models.PROTECT, verbose_name=_("出险人"))
    policy = models.ForeignKey(Policy, models.PROTECT, verbose_name=_("保单"))
    kind = models.CharField(_("类别"), max_length=12, choices=Kind, default=Kind.OTHER)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.REPORTED)
    reported_on = models.DateField(_("报案日"), null=True)
    decided_on = models.DateField(_("结案日"), null=True)
    occurred_on = models.DateField(_("出险日"), null=True)
    filed_at = models.DateTimeField(_("报案时间"), null=True)
    filed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(
        _("报案渠道"), max_length=8, choices=Channel, blank=True, db_default=""
    )
    handler = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    item = models.OneToOneField(WorkItem, models.PROTECT, null=True, related_name="+")
    source_digest = models.BinaryField(max_length=16)
    row_digest = models.BinaryField(max_length=16, default=b"")
    created_at = models.DateTimeField(default=clock.now)
    number_sealed = models.BinaryField(null=True)
    description_sealed = models.BinaryField(null=True)
    diagnosis_sealed = models.BinaryField(null=True)
    amount_sealed = models.BinaryField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        verbose_name = _("赔案")
        verbose_name_plural = pgettext_lazy("列表", "赔案")
        constraints = [
            models.UniqueConstraint(
                fields=["policy", "source_digest"], name="claim_is_once_in_a_policy"
            )
        ]

    def __str__(self) -> str:
        return self.ref
