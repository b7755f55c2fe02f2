"""Signatures of other companies' lists: what they look like, who said so, and when it stopped holding."""

from __future__ import annotations

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from custodian import clock


class ListLayout(models.Model):
    """`columns` are `[heading, kind, shape]` in order. It is kept as it was entered, and can only end."""

    class Separator(models.TextChoices):
        COMMA = ",", _("逗号")
        TAB = "\t", _("制表符")
        SEMICOLON = ";", _("分号")
        BAR = "|", _("竖线")

    class Encoding(models.TextChoices):
        UTF8 = "utf-8", "UTF-8"
        UTF8_MARK = "utf-8-sig", _("UTF-8（带标记）")
        GB = "gb18030", _("GB 18030 / GBK")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    company = models.CharField(_("公司或产品"), max_length=60)
    source = models.CharField(_("版式的来处"), max_length=200)
    columns = models.JSONField(_("各列"))
    separator = models.CharField(_("分隔符"), max_length=1, choices=Separator, blank=True)
    encoding = models.CharField(_("编码"), max_length=9, choices=Encoding, blank=True)
    why = models.CharField(_("理由"), max_length=200)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("登记人"))
    entered_at = models.DateTimeField(_("登记时间"), default=clock.now)
    ended_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(_("停用时间"), null=True)
    ended_why = models.CharField(_("停用的理由"), max_length=200, blank=True)

    class Meta:
        ordering = ("-pk",)
        verbose_name = _("名单版式")
        verbose_name_plural = pgettext_lazy("列表", "名单版式")
        constraints = [
            models.CheckConstraint(
                name="list_layout_says_whose_from_where_and_why",
                condition=~Q(company="") & ~Q(source="") & ~Q(why="") & ~Q(columns=[]),
            ),
            models.CheckConstraint(
                name="list_layout_that_ended_says_when_by_whom_and_why",
                condition=Q(ended_at=None, ended_by=None, ended_why="")
                | (Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(ended_why="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.company}"

    @property
    def code(self) -> str:
        return f"Y-{self.pk:03}"
