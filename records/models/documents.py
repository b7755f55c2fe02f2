"""Documents: application forms, recordings, evidence; the file itself lies sealed in the store."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from access.models import Subject, User
from custodian import clock
from records import references
from records.models.holdings import Holding, ScopedQuerySet


class Document(Holding):
    """`digest` is a keyed hash of the content: it recognises the same file without telling which it is."""

    class Kind(models.TextChoices):
        APPLICATION = "application", _("投保单")
        RECORDING = "recording", _("双录")
        EVIDENCE = "evidence", _("证明材料")
        PROOF = "proof", _("身份与住址证明")
        LETTER = "letter", _("函件")
        HISTORY = "history", _("原保险公司的查询记录")

    ref = models.CharField(max_length=16, unique=True, default=references.new_document)
    subject = models.ForeignKey(Subject, models.PROTECT, verbose_name=_("客户"))
    kind = models.CharField(_("类别"), max_length=12, choices=Kind)
    media_type = models.CharField(_("格式"), max_length=80)
    size = models.PositiveBigIntegerField(_("大小"))
    digest = models.BinaryField(max_length=32)
    added_at = models.DateTimeField(_("归档时间"), default=clock.now)
    # Who brought it by which channel (None: the customer herself), and how it came before it was drawn anew.
    added_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    channel = models.CharField(_("渠道"), max_length=12, blank=True)
    pages = models.PositiveSmallIntegerField(null=True)
    received_size = models.PositiveBigIntegerField(null=True)
    received_digest = models.BinaryField(max_length=32, null=True)
    name_sealed = models.BinaryField(null=True)

    objects = ScopedQuerySet.as_manager()

    class Meta:
        ordering = ("-added_at",)
        verbose_name = _("文件")
        verbose_name_plural = _("文件")

    def __str__(self) -> str:
        return self.ref
