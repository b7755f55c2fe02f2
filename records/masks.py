"""How each kind of value looks when it is listed: what stays visible, and what is hidden."""

from __future__ import annotations

import re

from custodian.elements import Masked, hidden, shown

COMPOUND_SURNAMES = frozenset(
    "欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台"
    " 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙 慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘"
    " 亓官 司寇 令狐 拓跋 呼延 百里 东郭 西门".split()
)
LEGAL_FORMS = (
    "股份有限公司",
    "有限责任公司",
    "有限公司",
    "合作社",
    "集团",
    "中心",
    "学校",
    "医院",
    "公司",
)
PLACE = re.compile(r"^(.{2,3}?(?:省|市|自治区|县|区)|.{2})")
ADDRESS_KEPT = re.compile(
    r"^(?:.{2,8}?(?:省|自治区))?(?:.{1,10}?(?:市|自治州|地区|盟))?(?:.{1,10}?(?:区|县|旗|市))?"
)
ADDRESS_HIDDEN = 10


def open_(value: str) -> Masked:
    return Masked((shown(value),))


def whole(value: str) -> Masked:
    """Everything hidden, always the same length, so that the length says nothing."""
    return Masked((hidden(8),)) if value else Masked(())


def name(value: str) -> Masked:
    if any(form in value for form in LEGAL_FORMS):
        return _organisation(value)
    if "·" in value:
        return _kept(value, first=1)
    return _kept(value, first=2 if value[:2] in COMPOUND_SURNAMES and len(value) > 2 else 1)


def _organisation(value: str) -> Masked:
    form = next(form for form in LEGAL_FORMS if form in value)
    place = PLACE.match(value)
    head = place.group(0) if place and len(place.group(0)) + len(form) < len(value) else value[:1]
    middle = max(len(value) - len(head) - len(form), 1)
    return Masked((shown(head), hidden(middle), shown(form)))


def mobile(value: str) -> Masked:
    return _kept(value, first=3, last=4)


def landline(value: str) -> Masked:
    area, dash, number = value.partition("-")
    if not dash:
        return _kept(value, first=0, last=2)
    return Masked((shown(area + dash), hidden(max(len(number) - 2, 1)), shown(number[-2:])))


def id_number(value: str) -> Masked:
    """First and last character: six and four would leave some 33 numbers to a year of birth."""
    return _kept(value, first=1, last=1) if len(value) >= 15 else _kept(value, first=0, last=2)


def account(value: str) -> Masked:
    return _kept(value, first=0, last=4)


def email(value: str) -> Masked:
    local, at, domain = value.partition("@")
    return Masked((shown(local[:1]), hidden(6), shown(at + domain))) if at else whole(value)


def address(value: str) -> Masked:
    """Down to the district; the rest is always the same block."""
    kept = ADDRESS_KEPT.match(value)
    head = kept.group(0) if kept else ""
    head = "" if len(head) >= len(value) else head
    return Masked((shown(head), hidden(ADDRESS_HIDDEN)) if head else (hidden(ADDRESS_HIDDEN),))


def year(value: str) -> Masked:
    return Masked((shown(value[:4]), shown("-"), hidden(2), shown("-"), hidden(2)))


def policy_number(value: str) -> Masked:
    return _kept(value, first=5, last=4)


def _kept(value: str, *, first: int, last: int = 0) -> Masked:
    """The first and last characters; when that would show nearly all, only the last quarter."""
    if not value:
        return Masked(())
    if first + last >= len(value):
        first, last = (min(first, len(value) - 1), 0) if not last else (0, max(len(value) // 4, 0))
    parts = (
        shown(value[:first]),
        hidden(len(value) - first - last),
        shown(value[len(value) - last :]),
    )
    return Masked(tuple(part for part in parts if part.text or part.hidden))
