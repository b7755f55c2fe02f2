"""How files write purposes, yes and no, and the ways by which customers said so."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from custodian.regimes.purposes import ProcessingPurpose, processing_purposes
from records.consents import asking
from records.identifiers import check_mobile, check_resident_id
from records.identifiers.checked import Checked, hard, refused, warning
from records.identifiers.text import compact
from records.importing.words import table_of
from records.models import Consent

PURPOSE_UNKNOWN = hard(
    "consent-purpose-unknown", _("用途不在登记之列，请写成“用途与同意”页上的名称或代码")
)
SAID_UNREADABLE = hard("consent-said-unreadable", _("同意与否无法识别，请写成同意、不同意或撤回"))
CHANNEL_UNREADABLE = warning("consent-channel-unreadable", _("渠道无法识别，未收录，请核对"))
REFERENCE_SHAPE = hard(
    "consent-reference-shape", _("凭证编号只能有字母、数字和 - _ / .，最多 40 个，请核对")
)
REFERENCE_PERSONAL = hard(
    "consent-reference-personal", _("凭证编号是证件号码或手机号码，请改填归档编号")
)

Said, Through = Consent.Said, Consent.Through
_PURPOSES: Final = table_of(
    {
        "health": "健康 健康信息 健康告知",
        "account": "账户 银行账户 收付费账户",
        "income": "收入 收入情况",
        "child": "儿童 未成年人 监护人同意",
        "marketing": "营销 推销 产品推介 广告",
        "partners": "合作方 共享 对外提供 第三方 sharing",
        "survey": "调查 满意度",
    }
)
_SAID: Final = table_of(
    {
        Said.GIVEN: "同意 授权 已授权 是 y yes true 1 agree agreed granted optin",
        Said.REFUSED: "拒绝 已拒绝 未授权 否 n no false 0 declined denied optout",
        Said.WITHDRAWN: "撤回 撤销 已撤销 取消 取消授权 revoked",
    }
)
_SAID_LABELS: Final = {"已同意": Said.GIVEN, "不同意": Said.REFUSED, "已撤回": Said.WITHDRAWN}
_THROUGH: Final = table_of(
    {
        Through.COUNTER: "柜面 柜台 网点 门店 当面 branch",
        Through.PHONE: "电话 来电 客服热线 热线 call",
        Through.ONLINE: "网上 官网 网站 微信 小程序 app web",
        Through.SMS: "短信 text",
        Through.PAPER: "书面 纸质 投保单 信函 form letter",
        Through.AGENT: "代理人 业务员 经代",
    }
)
_REFERENCE: Final = re.compile(r"[A-Za-z0-9_./\-]{1,40}", re.ASCII)


def check_purpose(value: str) -> Checked:
    """By its code, its name in either language, or a usual word for it; only what is asked for."""
    word = compact(value).lower()
    # Most are as the register's file has them; what this insurer named otherwise is looked up.
    code = _asked(word, processing_purposes()) or _asked(word, asking.register())
    return Checked(code) if code else refused(PURPOSE_UNKNOWN)


def _asked(word: str, register: asking.Register) -> str:
    purposes = asking.purposes(register)
    named = {compact(name).lower(): each.code for each in purposes for name in _names(each)}
    code = named.get(word) or _PURPOSES.get(word, "")
    return code if code in {each.code for each in purposes} else ""


def _names(purpose: ProcessingPurpose) -> tuple[str, str, str]:
    return purpose.code, purpose.name, purpose.name_en


def check_said(value: str) -> Checked:
    word = compact(value).lower()
    known = _SAID.get(word) or _SAID.get(word.removesuffix(".0")) or _SAID_LABELS.get(word)
    return Checked(str(known)) if known else refused(SAID_UNREADABLE)


def check_channel(value: str) -> Checked:
    known = _THROUGH.get(compact(value).lower())
    return Checked(known) if known else refused(CHANNEL_UNREADABLE)


def check_reference(value: str) -> Checked:
    """A number of the archive. It outlasts the customer's data, so it may be nobody's own number."""
    code = compact(value)
    if not _REFERENCE.fullmatch(code):
        return refused(REFERENCE_SHAPE)
    if check_resident_id(code).ok or check_mobile(code).ok:
        return refused(REFERENCE_PERSONAL)
    return Checked(code)
