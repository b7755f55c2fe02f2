"""What customers said yes or no to: one row for each time, never edited; the last one stands."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Subject, User
from custodian import clock
from records.models.documents import Document
from records.models.holdings import ScopedQuerySet


class Consent(models.Model):
    """`purpose` is a code of the register of processing purposes. Nothing that anybody wrote is kept here."""

    class Said(models.TextChoices):
        GIVEN = "given", pgettext_lazy("同意", "已同意")
        REFUSED = "refused", pgettext_lazy("同意", "不同意")
        WITHDRAWN = "withdrawn", pgettext_lazy("同意", "已撤回")

    class By(models.TextChoices):
        """Who said it, or what shows that it was said."""

        HERSELF = "herself", pgettext_lazy("同意", "本人在客户服务")
        GUARDIAN = "guardian", pgettext_lazy("同意", "监护人在客户服务")
        AUTHORISED = "authorised", pgettext_lazy("同意", "授权代表在客户服务")
        HEIR = "heir", pgettext_lazy("同意", "继承人在客户服务")
        PAPER = "paper", pgettext_lazy("同意", "书面材料")
        COUNTER = "counter", pgettext_lazy("同意", "当面或来电，客服登记")
        REQUEST = "request", pgettext_lazy("同意", "客户申请")
        IMPORT = "import", pgettext_lazy("同意", "导入")

    class Through(models.TextChoices):
        """The way by which she said what a book brings."""

        COUNTER = "counter", pgettext_lazy("渠道", "网点柜面")
        PHONE = "phone", pgettext_lazy("渠道", "电话")
        ONLINE = "online", pgettext_lazy("渠道", "网上")
        SMS = "sms", pgettext_lazy("渠道", "短信")
        PAPER = "paper", pgettext_lazy("渠道", "书面")
        AGENT = "agent", pgettext_lazy("渠道", "代理人")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    subject = models.ForeignKey(Subject, models.PROTECT, related_name="consents")
    purpose = models.CharField(max_length=20)
    said = models.CharField(_("状态"), max_length=9, choices=Said)
    by = models.CharField(_("来源"), max_length=10, choices=By)
    # When she said it; of something imported or on paper that is before it was noted.
    at = models.DateTimeField(_("时间"), default=clock.now)
    noted_at = models.DateTimeField(default=clock.now)
    noted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(max_length=12)
    evidence = models.ForeignKey(Document, models.PROTECT, null=True, related_name="+")
    source = models.CharField(max_length=40, blank=True)  # of an import: the book
    notice = models.CharField(max_length=40, blank=True)  # the version that she was shown
    # Of an import: the number of the paper in the archive of the book; blank once she is destroyed.
    reference = models.CharField(max_length=40, blank=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("同意记录")
        verbose_name_plural = pgettext_lazy("列表", "同意记录")
        indexes = [models.Index(fields=["subject", "purpose", "-id"], name="consent_that_stands")]
        constraints = [
            models.CheckConstraint(
                name="consent_on_paper_has_its_paper",
                condition=~Q(by="paper") | Q(evidence__isnull=False),
            ),
            models.CheckConstraint(
                name="consent_noted_by_staff_is_no_gift",
                condition=Q(noted_by=None) | Q(by="paper") | (Q(by="counter") & ~Q(said="given")),
            ),
            models.CheckConstraint(
                name="consent_imported_says_from_where",
                condition=~Q(by="import") | ~Q(source=""),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.said} #{self.subject_id}"
