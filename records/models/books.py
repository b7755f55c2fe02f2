"""Where customers come from and what they were sold: books, intermediaries, products."""

from __future__ import annotations

from django.db import models
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from custodian import clock


class Book(models.Model):
    """A book of customers: this insurer's own, or one taken over from another."""

    code = models.CharField(_("账册代码"), max_length=20, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    insurer = models.CharField(_("原保险人"), max_length=100, blank=True)
    opened_at = models.DateTimeField(_("建立时间"), default=clock.now)

    class Meta:
        ordering = ("code",)
        verbose_name = _("账册")
        verbose_name_plural = pgettext_lazy("列表", "账册")

    def __str__(self) -> str:
        return f"{self.code} {self.name}"


class Intermediary(models.Model):
    class Kind(models.TextChoices):
        AGENCY = "agency", _("专业代理")
        BANCASSURANCE = "bancassurance", _("银保")
        BROKER = "broker", _("经纪")
        DIRECT = "direct", _("直销")
        ONLINE = "online", _("互联网")
        OTHER = "other", _("其他")

    code = models.CharField(_("中介代码"), max_length=30, unique=True)
    name = models.CharField(_("名称"), max_length=100)
    kind = models.CharField(_("渠道"), max_length=16, choices=Kind, default=Kind.OTHER)

    class Meta:
        ordering = ("code",)
        verbose_name = _("中介机构")
        verbose_name_plural = pgettext_lazy("列表", "中介机构")

    def __str__(self) -> str:
        return self.name


class Product(models.Model):
    code = models.CharField(_("险种代码"), max_length=30, unique=True)
    name = models.CharField(_("险种"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=100, blank=True)
    kind = models.CharField(_("类别"), max_length=30, blank=True)
    filed = models.BooleanField(_("已备案"), default=False)
    filing_no = models.CharField(_("备案号"), max_length=60, blank=True)
    over_a_year = models.BooleanField(_("一年期以上"), default=True)

    class Meta:
        ordering = ("code",)
        verbose_name = _("险种")
        verbose_name_plural = pgettext_lazy("列表", "险种")

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name
