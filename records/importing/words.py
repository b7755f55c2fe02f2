"""Coded words of a book: kinds, states, frequencies and relations as files write them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Checked, Problem, hard, refused, warning
from records.identifiers.text import DIGITS_LOST, compact, is_scientific, tidy

CODE_LONG = hard("code-length", _("编号过长，请核对是否串列"))
KIND_UNREADABLE = warning("customer-kind-unreadable", _("客户类型无法识别，已按证件判断，请核对"))
STATUS_UNREADABLE = hard("policy-status-unreadable", _("保单状态无法识别，请写成有效、中止或终止"))
FREQUENCY_UNREADABLE = warning("pay-frequency-unreadable", _("交费方式无法识别，未收录，请核对"))
CLAIM_STATUS_UNREADABLE = hard("claim-status-unreadable", _("赔案状态无法识别，请核对"))
TERM_UNREADABLE = warning("term-unreadable", _("保险期间无法换算成年，未收录，请填满期日期"))
AGE_UNREADABLE = warning("age-unreadable", _("年龄无法识别，未用于核对"))

BLANKS: Final = frozenset(
    {"-", "--", "/", "\\", "\\N", "#N/A", "n/a", "N/A", "NULL", "null", "None", "none", "nan",
     "NaN", "无", "暂无", "不详", "未知", "空", "未提供"}
)  # fmt: skip
_CODE_CHARS: Final = 64
_TERM: Final = re.compile(r"^(\d{1,3})(?:\.0)?(?:年|年期|y|years?)?$", re.ASCII | re.IGNORECASE)
_AGE: Final = re.compile(r"^(\d{1,3})(?:\.0)?(?:岁|周岁)?$", re.ASCII)
_WHOLE_LIFE: Final = frozenset({"终身", "终生", "wholelife", "life"})


def table_of(words: Mapping[str, str]) -> Mapping[str, str]:
    """Codes by each word for them, their own among them."""
    return {word: str(code) for code, written in words.items() for word in (code, *written.split())}


def _table(**words: str) -> Mapping[str, str]:
    return table_of(words)


_CUSTOMER_KINDS: Final = _table(
    person="个人 个人客户 自然人 个险 p individual 1",
    organisation="单位 单位客户 机构 企业 公司 法人 团体 团险 o organization company 2",
)
_POLICY_STATUS: Final = _table(
    in_force="有效 承保有效 正常 生效 生效中 交费有效 缴费有效 inforce active if",
    suspended="中止 失效 效力中止 暂停 停效 suspended lapsed",
    terminated="终止 效力终止 满期 满期终止 退保 退保终止 解约 注销 理赔终止 给付终止 撤单 "
    "surrendered matured cancelled expired",
)
_FREQUENCIES: Final = _table(
    single="趸交 趸缴 一次交清 一次性交清 一次性 不定期 0 single",
    yearly="年交 年缴 按年 年 每年 1 annual annually y",
    half_yearly="半年交 半年缴 按半年 半年 2 semiannual semi-annual halfyearly",
    quarterly="季交 季缴 按季 季 每季 4 q",
    monthly="月交 月缴 按月 月 每月 12 m",
)
_CLAIM_STATUS: Final = _table(
    reported="已报案 报案 已受理 受理 open new",
    examining="审核中 审核 立案 已立案 调查中 调查 处理中 pending inreview",
    approved="已核赔 核赔通过 核赔 同意给付 accepted",
    paid="已给付 给付 已赔付 已结案 结案 closed settled",
    rejected="不予给付 拒赔 拒付 不予立案 declined denied",
)
_CLAIM_KINDS: Final = _table(
    medical="医疗 住院 门诊 住院医疗 医疗费用 津贴 hospital",
    illness="重疾 重大疾病 疾病 轻症 criticalillness",
    accident="意外 意外伤害 伤残 残疾 disability",
    death="身故 死亡",
    other="其他 其它",
)


def check_code(value: str) -> Checked:
    """Keys and numbers of a book: only width and spaces are made even."""
    code = compact(value)
    if code in BLANKS:
        return Checked(None)
    if is_scientific(code):
        return refused(DIGITS_LOST)
    return Checked(code) if len(code) <= _CODE_CHARS else refused(CODE_LONG)


def check_word(value: str) -> Checked:
    word = tidy(value)
    return Checked(None) if word in BLANKS else Checked(word or None)


def check_customer_kind(value: str) -> Checked:
    return _coded(value, _CUSTOMER_KINDS, KIND_UNREADABLE)


def check_policy_status(value: str) -> Checked:
    return _coded(value, _POLICY_STATUS, STATUS_UNREADABLE)


def check_pay_frequency(value: str) -> Checked:
    return _coded(value, _FREQUENCIES, FREQUENCY_UNREADABLE)


def check_claim_status(value: str) -> Checked:
    return _coded(value, _CLAIM_STATUS, CLAIM_STATUS_UNREADABLE)


def check_claim_kind(value: str) -> Checked:
    """An unknown kind stays a claim: it is filed as other."""
    return Checked(_CLAIM_KINDS.get(compact(value).lower(), "other"))


def check_term(value: str) -> Checked:
    """Whole years; a term for life or to an age has no years to count."""
    term = compact(value)
    if found := _TERM.match(term):
        return Checked(found[1])
    return Checked(None) if term.lower() in _WHOLE_LIFE else refused(TERM_UNREADABLE)


def check_age(value: str) -> Checked:
    found = _AGE.match(compact(value))
    return Checked(found[1]) if found else refused(AGE_UNREADABLE)


def _coded(value: str, table: Mapping[str, str], problem: Problem) -> Checked:
    word = compact(value).lower()
    known = table.get(word) or table.get(word.removesuffix(".0"))
    return Checked(known) if known else refused(problem)
