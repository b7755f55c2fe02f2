"""Letters to those who move, what became of each, and what they answered."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject, User
from custodian import clock
from custodian.jobs import Job, JobQuerySet
from records.models import Consent, Document
from records.models.holdings import ScopedQuerySet
from records.models.letters import Letter
from transfers.models.portfolio import Transfer


class LetterBatch(Job):
    """One text to everybody who moves, or has arrived, and was not written to yet; nobody's name is in it."""

    class Stage(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("告知信", "草稿")
        WAITING = "waiting", _("待复核")
        APPROVED = "approved", _("已批准")
        RETURNED = "returned", _("已退回")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="letters")
    stage = models.CharField(_("阶段"), max_length=8, choices=Stage, default=Stage.DRAFT)
    content = models.JSONField()  # of `letters.texts.Letter`
    reply_by = models.DateField(_("答复期限"), null=True)  # none where nothing is asked
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("起草人"))
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("批准"), null=True)
    cursor = models.JSONField(default=dict)
    closed_at = models.DateTimeField(null=True)  # when the silence of the others was read

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["transfer"],
                condition=Q(stage__in=("draft", "waiting")),
                name="transfer_has_one_letter_under_way",
            ),
            models.CheckConstraint(
                name="letters_are_approved_by_an_approval",
                condition=~Q(stage__in=("waiting", "approved")) | Q(approval__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.transfer_id} {self.stage}"


class TransferNotice(Letter):
    """One customer's letter, and what she answers to it."""

    class Answer(models.TextChoices):
        NONE = "", pgettext_lazy("告知信", "未答复")
        AGREED = "agreed", pgettext_lazy("告知信", "同意")
        OBJECTED = "objected", pgettext_lazy("告知信", "不同意")

    transfer = models.ForeignKey(Transfer, models.PROTECT, related_name="+")
    batch = models.ForeignKey(LetterBatch, models.PROTECT, related_name="notices")
    roles = models.CharField(max_length=40)  # codes with blanks between
    asks = models.BooleanField()  # whether the transfer needs her consent
    answer = models.CharField(_("答复"), max_length=8, choices=Answer, blank=True, default="")
    answered_at = models.DateTimeField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta(Letter.Meta):
        abstract = False
        constraints = [
            models.UniqueConstraint(
                fields=["transfer", "subject"], name="customer_is_written_to_once_in_a_transfer"
            ),
            models.CheckConstraint(
                name="transfer_notice_is_dated_when_it_went",
                condition=Letter.IS_DATED,
            ),
            models.CheckConstraint(
                name="transfer_notice_answer_is_dated",
                condition=Q(answer="", answered_at=None)
                | (~Q(answer="") & Q(answered_at__isnull=False)),
            ),
        ]
        indexes = [
            models.Index(fields=["transfer", "state"], name="transfer_notice_by_state"),
            models.Index(fields=["transfer", "answer"], name="transfer_notice_by_answer"),
        ]


class TransferAnswer(models.Model):
    """One word of hers; the last one stands. Rows are only added."""

    class Said(models.TextChoices):
        AGREED = "agreed", pgettext_lazy("告知信", "同意")
        OBJECTED = "objected", pgettext_lazy("告知信", "不同意")
        WITHDRAWN = "withdrawn", pgettext_lazy("告知信", "收回答复")

    notice = models.ForeignKey(TransferNotice, models.PROTECT, related_name="answers")
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+")
    said = models.CharField(max_length=9, choices=Said)
    by = models.CharField(_("来源"), max_length=10, choices=Consent.By)
    at = models.DateTimeField(default=clock.now)
    noted_by: Any = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    evidence: Any = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.CheckConstraint(
                name="transfer_answer_on_paper_has_its_paper",
                condition=~Q(by="paper") | Q(evidence__isnull=False),
            ),
            models.CheckConstraint(
                name="transfer_answer_noted_by_staff_is_no_gift",
                condition=Q(noted_by=None) | Q(by="paper") | (Q(by="counter") & ~Q(said="agreed")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.said} #{self.subject_id}"
