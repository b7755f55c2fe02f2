"""Corrections: what somebody says is wrong or missing, how that was confirmed, and what was there before."""

from __future__ import annotations

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject, User, WorkItem
from custodian import clock
from custodian.clocked import Clock
from records import references
from records.models.documents import Document
from records.models.holdings import Holding, ScopedQuerySet


class CorrectionQuerySet(ScopedQuerySet):
    def under_way(self) -> Self:
        """Handed in, and not decided yet."""
        return self.filter(status__in=Correction.UNDER_WAY)

    def handed_in(self) -> Self:
        """All but drafts, which are nobody's business but their writer's."""
        return self.exclude(submitted_at=None)


class Correction(Holding):
    """Proposed values of one group of elements, sealed under a key of their own until they are applied."""

    class Kind(models.TextChoices):
        CORRECTION = "correction", _("更正")
        COMPLETION = "completion", _("补充")

    class Status(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("更正", "草稿")
        SUBMITTED = "submitted", _("已收到")
        CHECKING = "checking", _("核对中")
        CONFIRMING = "confirming", _("等待确认")
        APPROVING = "approving", pgettext_lazy("更正", "待复核")
        APPROVED = "approved", pgettext_lazy("更正", "已批准")
        APPLIED = "applied", _("已更正")
        REFUSED = "refused", _("不予更正")
        WITHDRAWN = "withdrawn", _("已撤回")

    class Refusal(models.TextChoices):
        EVIDENCE = "evidence", _("证明材料看不清或不足")
        MISMATCH = "mismatch", _("证明材料与要改的内容不一致")
        UNCONFIRMED = "unconfirmed", _("没有在期限内得到您本人的确认")
        NOT_YOURS = "not-yours", _("无法确认是您本人或您授权的人提出")
        RIGHT = "right", _("核对后，原来的内容没有错")
        CONTRACT = "contract", _("这一项属于保单内容，须办理保全变更")
        # Said by the product itself, and by nobody who handles one.
        GONE = "gone", _("这些资料已依法停止使用或销毁，没有可以更正的内容")

    UNDER_WAY = (
        *(Status.SUBMITTED, Status.CHECKING, Status.CONFIRMING),
        *(Status.APPROVING, Status.APPROVED),
    )

    ref = models.CharField(max_length=16, unique=True, default=references.new_correction)
    subject = models.ForeignKey(Subject, models.PROTECT, verbose_name=_("客户"))
    group = models.CharField(_("更正项"), max_length=20)
    slot = models.PositiveSmallIntegerField(default=0)  # which of several accounts
    kind = models.CharField(_("类型"), max_length=12, choices=Kind, default=Kind.CORRECTION)
    status = models.CharField(_("状态"), max_length=12, choices=Status, default=Status.DRAFT)
    channel = models.CharField(_("渠道"), max_length=12)
    # None: the customer herself, or whoever represents her, in `capacity`.
    raised_by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("提出人")
    )
    capacity = models.CharField(max_length=12, blank=True)
    asker = models.ForeignKey(Subject, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(default=clock.now)
    changed_at = models.DateTimeField(default=clock.now)
    submitted_at = models.DateTimeField(_("提出"), null=True)
    decided_at = models.DateTimeField(_("办结"), null=True)
    # When she was told at the contacts that she was reached by before.
    told_at = models.DateTimeField(null=True)
    handler = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("核对人")
    )
    refusal = models.CharField(_("不予更正的理由"), max_length=12, choices=Refusal, blank=True)
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    item = models.ForeignKey(WorkItem, models.PROTECT, null=True, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)  # how often a value was proposed
    note_sealed = models.BinaryField(null=True)
    refusal_sealed = models.BinaryField(null=True)

    objects = CorrectionQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("更正")
        verbose_name_plural = pgettext_lazy("列表", "更正")
        indexes = [
            models.Index(fields=["subject", "status"], name="correction_of_subject"),
            models.Index(fields=["status", "submitted_at"], name="correction_by_status"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "group", "slot"],
                condition=Q(
                    status__in=("submitted", "checking", "confirming", "approving", "approved")
                ),
                name="correction_is_under_way_once",
            ),
            models.CheckConstraint(
                name="correction_is_dated_when_handed_in",
                condition=Q(status="draft", submitted_at=None)
                | Q(status="withdrawn")
                | (~Q(status="draft") & Q(submitted_at__isnull=False)),
            ),
            models.CheckConstraint(
                name="correction_is_dated_when_decided",
                condition=Q(
                    status__in=("applied", "refused", "withdrawn"), decided_at__isnull=False
                )
                | (~Q(status__in=("applied", "refused", "withdrawn")) & Q(decided_at=None)),
            ),
            models.CheckConstraint(
                name="correction_is_refused_with_a_reason",
                condition=Q(status="refused") & ~Q(refusal="")
                | (~Q(status="refused") & Q(refusal="")),
            ),
        ]

    def __str__(self) -> str:
        return self.ref

    @property
    def by_customer(self) -> bool:
        return self.raised_by_id is None

    @property
    def is_open(self) -> bool:
        return self.status in {self.Status.DRAFT, *self.UNDER_WAY}


class _OfCorrection(models.Model):
    """A row of a correction. It names the customer itself, so that row-level security can ask."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")

    objects: models.Manager[Any] = ScopedQuerySet.as_manager()

    class Meta:
        abstract = True


class CorrectionItem(_OfCorrection):
    """One element's proposed value, sealed under the correction's key; `holding` is where it is to go."""

    correction = models.ForeignKey(Correction, models.PROTECT, related_name="items")
    number = models.PositiveSmallIntegerField()
    element = models.CharField(max_length=60)
    holding = models.UUIDField()
    slot = models.PositiveSmallIntegerField(default=0)
    derived = models.BooleanField(default=False)  # read from the ID number, as on import
    held = models.BooleanField(default=True)  # there was a value when it was proposed
    value_sealed = models.BinaryField(null=True)

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(
                fields=["correction", "number"], name="correction_item_number_is_unique"
            ),
            models.UniqueConstraint(
                fields=["correction", "element"], name="correction_item_is_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.element} {self.correction_id}"

    @property
    def place(self) -> str:
        return f"{self.element}/{self.number}"


class CorrectionEvidence(_OfCorrection):
    """A document that was brought for a correction."""

    correction = models.ForeignKey(Correction, models.PROTECT, related_name="evidence")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    number = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ("number",)
        constraints = [
            models.UniqueConstraint(
                fields=["correction", "number"], name="correction_evidence_number_is_unique"
            )
        ]

    def __str__(self) -> str:
        return f"{self.document} {self.correction_id}"


class CorrectionConfirmation(_OfCorrection):
    """One way by which the customer herself said that she wants exactly what `digest` is the hash of."""

    class Way(models.TextChoices):
        PORTAL = "portal", _("本人登录客户服务确认")
        CODE = "code", _("一次性验证码")
        BRANCH = "branch", _("本人到柜面，已核对证件")
        LETTER = "letter", _("本人签名的书面函件")

    correction = models.ForeignKey(Correction, models.PROTECT, related_name="confirmations")
    way = models.CharField(_("方式"), max_length=8, choices=Way)
    # By which contact on file: the one that the session was proven by, or the code went to.
    contact = models.CharField(max_length=60, blank=True)
    at = models.DateTimeField(_("时间"), default=clock.now)
    by = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+", verbose_name=_("经办人")
    )
    digest = models.CharField(max_length=64)
    document = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ("at", "pk")
        constraints = [
            models.UniqueConstraint(
                fields=["correction", "way", "contact"], name="correction_is_confirmed_once_a_way"
            ),
            models.CheckConstraint(
                name="correction_confirmation_names_its_contact",
                condition=Q(way__in=("branch", "letter"), contact="", by__isnull=False)
                | (Q(way__in=("portal", "code")) & ~Q(contact="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.way} {self.correction_id}"


class CorrectionCode(models.Model):
    """That a code was sent for a correction; the code itself is one of the sign-in's, by its `ref`."""

    ref = models.UUIDField(unique=True, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    correction = models.ForeignKey(Correction, models.PROTECT, related_name="codes")
    contact = models.CharField(max_length=60)
    sent_at = models.DateTimeField(default=clock.now)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-sent_at", "-pk")

    def __str__(self) -> str:
        return f"{self.contact} {self.correction_id}"


class CorrectionStep(_OfCorrection):
    """What the customer is told of the progress: what happened, when and in which unit; no names."""

    correction = models.ForeignKey(Correction, models.PROTECT, related_name="steps")
    code = models.CharField(max_length=20)
    at = models.DateTimeField(default=clock.now)
    unit = models.CharField(max_length=60, blank=True)

    class Meta:
        ordering = ("at", "pk")

    def __str__(self) -> str:
        return f"{self.code} {self.correction_id}"


class CorrectionClock(Clock):
    """By when it must be decided: the law's time, and the company's own within it."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    correction = models.ForeignKey(Correction, models.PROTECT, related_name="clocks")

    class Meta:
        ordering = ("due_at", "pk")
        indexes = [models.Index(fields=["stopped_at", "due_at"], name="correction_clock_by_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["correction", "rule"], name="correction_clock_runs_once_by_a_rule"
            )
        ]

    def __str__(self) -> str:
        return f"{self.rule} {self.correction_id}"


class FormerValue(Holding):
    """A value that was corrected, under a key of its own, so that it has a time of its own."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    correction = models.ForeignKey(
        Correction, models.PROTECT, null=True, related_name="former_values"
    )
    element = models.CharField(max_length=60)
    place_of = models.UUIDField()  # the holding in which it stood
    slot = models.PositiveSmallIntegerField(default=0)
    # Since when it had stood there, as far as its origin says.
    since = models.DateField(null=True)
    until = models.DateTimeField(default=clock.now)
    value_sealed = models.BinaryField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-until", "-pk")
        verbose_name = _("更正前的内容")
        verbose_name_plural = _("更正前的内容")
        indexes = [models.Index(fields=["subject", "element"], name="former_value_of_subject")]

    def __str__(self) -> str:
        return f"{self.element} #{self.subject_id}"
