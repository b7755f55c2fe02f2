"""Evidence of a fraud case with its chain of custody, and what its investigators ask a claims handler."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from custodian import clock
from incidents.models.case_records import Custody
from incidents.models.fraud import FraudCase
from incidents.models.shelved import Shelved
from records.models import Claim


class FraudEvidence(Shelved):
    """A file as it came, sealed on a shelf, or a thing that is kept elsewhere; rows are only added."""

    KIND = "fraud-evidence"

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(FraudCase, models.PROTECT, related_name="evidence")
    place = models.CharField(_("存放处"), max_length=100, blank=True)
    name = models.CharField(_("名称"), max_length=100)
    origin = models.CharField(_("来源"), max_length=200)
    length = models.PositiveBigIntegerField(_("大小"))
    sha256 = models.CharField(_("指纹"), max_length=64, blank=True)
    filed_at = models.DateTimeField(_("归档时间"), default=clock.now)
    filed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("归档人"))

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="fraud_evidence_is_here_or_says_where",
                condition=~Q(place="") | (~Q(sha256="") & Q(length__gt=0)),
            )
        ]

    def __str__(self) -> str:
        return self.name


class FraudCustody(models.Model):
    """The chain of custody: who had the thing in hand, when and for what; rows are only added."""

    evidence = models.ForeignKey(FraudEvidence, models.PROTECT, related_name="custody")
    act = models.CharField(_("动作"), max_length=8, choices=Custody.Act)
    at = models.DateTimeField(_("时间"), default=clock.now)
    by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经手人"))
    to = models.CharField(_("交给"), max_length=100, blank=True)
    note = models.CharField(_("说明"), max_length=200, blank=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="fraud_custody_handed_says_to_whom", condition=~Q(act="handed") | ~Q(to="")
            )
        ]

    def __str__(self) -> str:
        return f"{self.evidence_id} {self.act}"


class FraudAsk(models.Model):
    """What the investigators ask whoever handles a claim; he sees this row and nothing else of the case."""

    class Kind(models.TextChoices):
        CHECK = "check", pgettext_lazy("反欺诈", "请核实")
        REFUSE = "refuse", pgettext_lazy("反欺诈", "建议不予给付")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(FraudCase, models.PROTECT, related_name="asks")
    claim = models.ForeignKey(Claim, models.PROTECT, related_name="+")
    kind = models.CharField(_("类别"), max_length=6, choices=Kind)
    handler = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("经办人"))
    asked_at = models.DateTimeField(_("提出"), default=clock.now)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    text_sealed = models.BinaryField()
    answered_at = models.DateTimeField(_("答复"), null=True)
    answer_sealed = models.BinaryField(null=True)

    class Meta:
        ordering = ("pk",)
        constraints = [
            models.CheckConstraint(
                name="fraud_ask_is_answered_with_words",
                condition=Q(answered_at=None, answer_sealed=None)
                | Q(answered_at__isnull=False, answer_sealed__isnull=False),
            )
        ]

    def __str__(self) -> str:
        return str(self.ref)[:8]
