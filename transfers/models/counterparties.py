"""Counterparties: whoever data may go to or come from, and the keys by which some of them are known."""

from __future__ import annotations

import secrets
import uuid
from typing import Final, Self

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from access.models import Approval, User
from custodian import clock

_LETTERS: Final = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_code() -> str:
    """A number that is easy to read out and tells nothing: `P-7K2M-41PD`."""
    drawn = "".join(secrets.choice(_LETTERS) for _each in range(8))
    return f"P-{drawn[:4]}-{drawn[4:]}"


class CounterpartyQuerySet(models.QuerySet["Counterparty"]):
    def current(self) -> Self:
        now = clock.now()
        return self.filter(Q(until=None) | Q(until__gt=now), since__lte=now)


class Counterparty(models.Model):
    class Kind(models.TextChoices):
        INSURER = "insurer", _("保险公司")
        INTERMEDIARY = "intermediary", _("中介机构")
        PROCESSOR = "processor", _("受托人")
        GARAGE = "garage", _("维修厂")
        CALL_CENTRE = "call_centre", _("呼叫中心")
        HOSPITAL = "hospital", _("医疗机构")
        SERVICE = "service", _("服务机构")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(_("编号"), max_length=16, unique=True, default=new_code)
    kind = models.CharField(_("类型"), max_length=16, choices=Kind)
    name = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=100, blank=True)
    credit_code = models.CharField(_("统一社会信用代码"), max_length=18, blank=True)
    licence = models.CharField(_("许可证号"), max_length=40, blank=True)
    contact_name = models.CharField(_("联系人"), max_length=60, blank=True)
    contact_phone = models.CharField(_("联系电话"), max_length=40, blank=True)
    contact_email = models.EmailField(_("联系邮箱"), blank=True)
    address = models.CharField(pgettext_lazy("合作方", "地址"), max_length=120, blank=True)
    answers = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="+",
        verbose_name=_("本公司负责人"),
    )  # fmt: skip
    since = models.DateTimeField(_("自"), default=clock.now)
    until = models.DateTimeField(_("至"), null=True, blank=True)

    objects = CounterpartyQuerySet.as_manager()

    class Meta:
        ordering = ("name",)
        verbose_name = _("合作方")
        verbose_name_plural = pgettext_lazy("列表", "合作方")
        constraints = [
            models.CheckConstraint(
                name="counterparty_ends_after_it_begins",
                condition=Q(until=None) | Q(until__gte=models.F("since")),
            )
        ]

    def __str__(self) -> str:
        return self.name_en if self.name_en and get_language() == "en" else self.name

    @property
    def contact(self) -> str:
        """How it is reached, in one line; the law has customers told of it."""
        return " · ".join(filter(None, (self.contact_phone, self.contact_email, self.address)))


class IdentityKey(models.Model):
    """The public signing key of another installation, from its card, once two people agree that it is its.

    Of several that were confirmed the one without an end counts.
    """

    class Status(models.TextChoices):
        ASKED = "asked", _("待核对")
        CONFIRMED = "confirmed", pgettext_lazy("身份密钥", "已核对")
        RETURNED = "returned", _("已退回")
        ENDED = "ended", _("已停用")

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    counterparty = models.ForeignKey(Counterparty, models.PROTECT, related_name="identities")
    insurer = models.CharField(_("机构代码"), max_length=20)
    name_zh = models.CharField(_("名称"), max_length=100)
    name_en = models.CharField(_("英文名称"), max_length=100)
    contact = models.CharField(_("联系方式"), max_length=200)
    public = models.BinaryField(max_length=32)
    card = models.BinaryField()  # the file itself, as it came
    status = models.CharField(_("状态"), max_length=10, choices=Status, default=Status.ASKED)
    entered_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("录入"), default=clock.now)
    approval = models.OneToOneField(Approval, models.PROTECT, related_name="+")
    confirmed_at = models.DateTimeField(_("核对"), null=True)
    ended_at = models.DateTimeField(_("停用"), null=True)

    class Meta:
        ordering = ("-pk",)
        constraints = [
            models.UniqueConstraint(
                fields=["counterparty"],
                condition=Q(status="confirmed"),
                name="counterparty_has_one_key",
            ),
            models.UniqueConstraint(
                fields=["counterparty"],
                condition=Q(status="asked"),
                name="counterparty_has_one_key_asked",
            ),
            models.UniqueConstraint(
                fields=["public"], condition=Q(status="confirmed"), name="key_is_one_counterpartys"
            ),
            models.CheckConstraint(
                name="identity_key_is_dated",
                condition=Q(status__in=("asked", "returned"), confirmed_at=None, ended_at=None)
                | Q(status="confirmed", confirmed_at__isnull=False, ended_at=None)
                | Q(status="ended", confirmed_at__isnull=False, ended_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.insurer} {str(self.ref)[:8]}"
