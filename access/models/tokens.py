"""API tokens: hashed, scoped, expiring, and with dated grants for what a token cannot step up to."""

from __future__ import annotations

import uuid
from typing import Self

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models.people import User
from access.vocabulary import Purpose
from custodian import clock


class ApiToken(models.Model):
    """Acts for `user`, with no more than the listed actions and purposes."""

    ref = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(_("名称"), max_length=60)
    user = models.ForeignKey(User, models.PROTECT, verbose_name=_("人员"))
    digest = models.BinaryField(max_length=32, unique=True)
    actions = ArrayField(models.CharField(max_length=60), verbose_name=_("动作"))
    purposes = ArrayField(models.CharField(max_length=20, choices=Purpose), verbose_name=_("用途"))
    networks = ArrayField(
        models.CharField(max_length=50), default=list, blank=True, verbose_name=_("网段")
    )
    created_at = models.DateTimeField(_("签发"), default=clock.now)
    expires_at = models.DateTimeField(_("到期"))
    revoked_at = models.DateTimeField(_("吊销"), null=True, blank=True)

    class Meta:
        ordering = ("-created_at",)
        verbose_name = _("接口令牌")
        verbose_name_plural = pgettext_lazy("列表", "接口令牌")

    def __str__(self) -> str:
        return self.name


class TokenGrantQuerySet(models.QuerySet["TokenGrant"]):
    def in_force(self) -> Self:
        now = clock.now()
        return self.filter(
            Q(revoked_at=None) | Q(revoked_at__gt=now), since__lte=now, until__gt=now
        )


class TokenGrant(models.Model):
    """Leave for one token to see elements of level 4 and above, for one purpose and between two dates."""

    token = models.ForeignKey(ApiToken, models.PROTECT, related_name="grants")
    elements = ArrayField(models.CharField(max_length=60), verbose_name=_("信息项"))
    purpose = models.CharField(_("用途"), max_length=20, choices=Purpose)
    reason = models.CharField(_("理由"), max_length=200)
    granted_by = models.ForeignKey(User, models.PROTECT, verbose_name=_("授权人"))
    since = models.DateTimeField(_("自"), default=clock.now)
    until = models.DateTimeField(_("至"))
    revoked_at = models.DateTimeField(null=True, blank=True)

    objects = TokenGrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("令牌授权")
        verbose_name_plural = _("令牌授权")
        constraints = [
            models.CheckConstraint(
                name="token_grant_ends_after_it_begins", condition=Q(until__gt=models.F("since"))
            )
        ]

    def __str__(self) -> str:
        return f"{self.token_id} {self.purpose}"
