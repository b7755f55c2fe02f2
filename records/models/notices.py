"""What the insurer publishes: texts in two languages, version by version, and who was told of a change."""

from __future__ import annotations

import uuid
from datetime import date
from typing import TYPE_CHECKING, Any, Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Approval, Subject, User
from access.vocabulary import Reach, Role
from custodian import clock

if TYPE_CHECKING:
    from access.actors import Actor


class PublishedText(models.Model):
    """One text through all its versions. `slug` is its word in addresses and in the codes of versions."""

    class Kind(models.TextChoices):
        PROCESSING = "processing", _("个人信息处理规则")
        CHILDREN = "children", _("儿童个人信息处理规则")
        TIP = "tip", _("风险提示")
        ARTICLE = "article", _("知识文章")
        ANNOUNCEMENT = "announcement", _("公告")

    RULES = (Kind.PROCESSING, Kind.CHILDREN)
    ADVICE = (Kind.TIP, Kind.ARTICLE)

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("种类"), max_length=12, choices=Kind)
    slug = models.CharField(_("网址名"), max_length=40, unique=True)
    created_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("起草人"))
    created_at = models.DateTimeField(_("建立"), default=clock.now)
    # Numbers of the versions that went when their time was over; none of them is given again.
    gone = ArrayField(models.PositiveIntegerField(), default=list)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("公开文本")
        verbose_name_plural = pgettext_lazy("列表", "公开文本")

    def __str__(self) -> str:
        return self.slug

    @property
    def is_rules(self) -> bool:
        return self.kind in self.RULES


class TextDraft(models.Model):
    """What is being written; once it is approved it is a version, and the draft is gone.

    `approval` waits for exactly this content; whoever edits the content takes it back.
    """

    text = models.OneToOneField(PublishedText, models.PROTECT, related_name="draft")
    content = models.JSONField()
    edited_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("起草人"))
    edited_at = models.DateTimeField(_("改动"), default=clock.now)
    approval = models.ForeignKey(Approval, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("草稿")
        verbose_name_plural = pgettext_lazy("列表", "草稿")

    def __str__(self) -> str:
        return str(self.text)


class TextVersionQuerySet(models.QuerySet["TextVersion"]):
    def begun(self, on: date) -> Self:
        """From its day on, but for what was withdrawn before that day came."""
        early = Q(withdrawal__on__lt=F("since"))
        return self.filter(since__lte=on).exclude(early)

    def in_force(self, on: date) -> Self:
        """Of each text the newest that has begun, unless it is withdrawn or over."""
        newest = (
            self.model._default_manager.begun(on).order_by("text_id", "-number").distinct("text_id")
        )
        gone = Q(until__lt=on) | Q(withdrawal__on__lte=on)
        return self.filter(pk__in=newest.values("pk")).exclude(gone)


class TextVersion(models.Model):
    """One version as it was approved: nobody changes it, and it goes only as retention has it."""

    class Place(models.TextChoices):
        """Where a tip or an article shows besides its own page."""

        HOME = "home", _("客户服务首页")
        SIGN_IN = "sign-in", _("客户登录页")
        LOOKS = "looks", _("谁看过我的资料")
        CORRECTIONS = "corrections", _("更正资料")
        CLAIMS = "claims", pgettext_lazy("列表", "理赔")
        REQUESTS = "requests", _("我的申请")

    text = models.ForeignKey(PublishedText, models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField(_("版本"))
    content = models.JSONField()
    digest = models.CharField(_("内容指纹"), max_length=64)
    since = models.DateField(_("生效日"))
    until = models.DateField(_("展示至"), null=True)
    places = ArrayField(models.CharField(max_length=12), default=list, verbose_name=_("展示位置"))
    drafted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("起草人"))
    approved_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", verbose_name=_("复核人")
    )
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    published_at = models.DateTimeField(_("发布"), default=clock.now)

    objects = TextVersionQuerySet.as_manager()

    class Meta:
        ordering = ("text", "-number")
        verbose_name = _("文本版本")
        verbose_name_plural = pgettext_lazy("列表", "文本版本")
        constraints = [
            models.UniqueConstraint(fields=["text", "number"], name="text_version_is_unique"),
            models.CheckConstraint(
                name="text_version_is_approved_by_somebody_else",
                condition=~Q(drafted_by=F("approved_by")),
            ),
            models.CheckConstraint(
                name="text_version_ends_after_it_begins",
                condition=Q(until=None) | Q(until__gte=F("since")),
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def code(self) -> str:
        """What consents and log entries name: processing-3."""
        return f"{self.text.slug}-{self.number}"


class TextWithdrawal(models.Model):
    """A version that is shown no more, by four eyes; the version itself stays as evidence."""

    version = models.OneToOneField(TextVersion, models.PROTECT, related_name="withdrawal")
    on = models.DateField(_("撤下日"))
    reason = models.CharField(_("理由"), max_length=200)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(default=clock.now)

    class Meta:
        verbose_name = _("撤下")
        verbose_name_plural = pgettext_lazy("列表", "撤下")

    def __str__(self) -> str:
        return str(self.version)


class NoticeSeenQuerySet(models.QuerySet[Any]):
    """Her own, and of whoever reaches all rows; it is no agent's business what she reads."""

    def visible_to(self, actor: Actor) -> Self:
        if actor.role is Role.CUSTOMER:
            return self.filter(subject__in=actor.subjects)
        return self if actor.reach is Reach.ALL else self.none()


class NoticeSeen(models.Model):
    """She opened what changed in the rules: told, and bound to nothing by it."""

    subject = models.ForeignKey(Subject, models.PROTECT, related_name="+", verbose_name=_("客户"))
    version = models.ForeignKey(TextVersion, models.PROTECT, related_name="+")
    capacity = models.CharField(max_length=12)  # in which she looked, or who looked for her
    seen_at = models.DateTimeField(_("看过"), default=clock.now)

    objects = NoticeSeenQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("规则的告知记录")
        verbose_name_plural = pgettext_lazy("列表", "规则的告知记录")
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "version", "capacity"], name="notice_is_seen_once"
            )
        ]

    def __str__(self) -> str:
        return f"{self.version_id}"
