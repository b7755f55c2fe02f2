"""What customers are told of an incident: the words that two people approved, and each customer's letter."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, User
from custodian import clock
from custodian.jobs import Job, JobQuerySet
from incidents.models.cases import Incident
from records.models.holdings import ScopedQuerySet
from records.models.letters import Letter


class NoticeBatch(Job):
    """One text to everybody on the lists of a case who was not told yet; nobody's name is in it."""

    class Stage(models.TextChoices):
        DRAFT = "draft", pgettext_lazy("告知信", "草稿")
        WAITING = "waiting", _("待复核")
        APPROVED = "approved", _("已批准")
        RETURNED = "returned", _("已退回")

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="notice_batches")
    stage = models.CharField(_("阶段"), max_length=8, choices=Stage, default=Stage.DRAFT)
    parts = models.JSONField()  # of `notices.texts`, in both languages
    # The times and lists of the moment at which it was put up.
    facts = models.JSONField(default=dict)
    # Whether it stands on the public page as well, from its approval until somebody takes it down.
    public = models.BooleanField(_("同时公开告知"), default=False)
    taken_down_at = models.DateTimeField(_("撤下"), null=True)
    asked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("起草人"))
    approval = models.OneToOneField(Approval, models.PROTECT, null=True, related_name="+")
    approved_at = models.DateTimeField(_("批准"), null=True)

    objects = JobQuerySet.as_manager()  # type: ignore[misc]  # a job's own kind of rows

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("事件告知")
        verbose_name_plural = pgettext_lazy("列表", "事件告知")
        constraints = [
            models.UniqueConstraint(
                fields=["incident"],
                condition=Q(stage__in=("draft", "waiting")),
                name="incident_has_one_notice_under_way",
            ),
            models.CheckConstraint(
                name="incident_notice_is_approved_by_an_approval",
                condition=~Q(stage__in=("waiting", "approved")) | Q(approval__isnull=False),
            ),
            models.CheckConstraint(
                name="incident_notice_is_dated_when_approved",
                condition=~Q(stage="approved") | Q(approved_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.incident_id} {self.stage}"


class IncidentNotice(Letter):
    """One customer's letter: which of her elements were returned, in clear and as masks; codes, no values."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="notices")
    batch = models.ForeignKey(NoticeBatch, models.PROTECT, related_name="notices")
    clear = models.JSONField(default=list)
    masked = models.JSONField(default=list)

    objects = ScopedQuerySet.as_manager()

    class Meta(Letter.Meta):
        abstract = False
        verbose_name = _("事件告知信")
        verbose_name_plural = pgettext_lazy("列表", "事件告知信")
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "subject"], name="customer_is_told_once_by_a_batch"
            ),
            models.CheckConstraint(
                name="incident_notice_is_dated_when_it_went", condition=Letter.IS_DATED
            ),
        ]
        indexes = [models.Index(fields=["incident", "state"], name="incident_notice_by_state")]


class NoticeExemption(models.Model):
    """Why the customers of a case are not told; the authority may demand it all the same."""

    incident = models.ForeignKey(Incident, models.PROTECT, related_name="exemptions")
    ground = models.CharField(_("依据"), max_length=24)  # of the law packs
    reason = models.CharField(_("理由"), max_length=1000)
    since = models.DateTimeField(default=clock.now)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("免于告知")
        verbose_name_plural = pgettext_lazy("列表", "免于告知")

    def __str__(self) -> str:
        return f"{self.incident_id} {self.ground}"
