"""Targets that tell what customers said before: yes or no to what, when, by which way, and what shows it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from records.importing.target import Check, Target, structural

CONSENT_TARGETS: Final[tuple[Target, ...]] = (
    structural(
        "consent.customer_key",
        _("同意的客户编号"),
        Check.CODE,
        "同意客户号 授权客户号",
    ),
    structural(
        "consent.purpose",
        _("同意的用途"),
        Check.CONSENT_PURPOSE,
        "同意用途 授权用途 处理目的 同意事项 授权事项 consentpurpose",
    ),
    structural(
        "consent.said",
        _("同意与否"),
        Check.CONSENT_SAID,
        "同意与否 是否同意 同意情况 同意状态 授权状态 consentstatus consentgiven",
    ),
    structural(
        "consent.at",
        _("表示的时间"),
        Check.MOMENT,
        "表示日期 表示时间 同意日期 同意时间 授权日期 授权时间 consentdate consentat",
    ),
    structural(
        "consent.channel",
        _("表示的渠道"),
        Check.CONSENT_CHANNEL,
        "表示渠道 同意渠道 授权渠道 consentchannel",
    ),
    structural(
        "consent.notice",
        _("所示规则的版本"),
        Check.CODE,
        "规则版本 告知书版本 告知版本 隐私政策版本 noticeversion",
    ),
    structural(
        "consent.reference",
        _("凭证编号"),
        Check.CONSENT_REFERENCE,
        "凭证编号 同意书编号 授权书编号 evidenceno consentreference",
    ),
)
