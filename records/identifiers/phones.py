"""Mobile and landline numbers of mainland China, with room for numbers from elsewhere."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Checked, hard, refused, warning
from records.identifiers.text import DIGITS_LOST, compact, is_scientific

MOBILE = hard("mobile-shape", _("手机号码应为 1 开头的 11 位数字，请核对"))
LANDLINE = hard("landline-shape", _("固定电话无法识别，请写成 010-12345678 的样式"))
SEVERAL = hard("phone-several", _("一格里有多个号码，请只保留一个"))
PLACEHOLDER = warning("phone-placeholder", _("号码像是占位号码，请向客户核实"))
FOREIGN = warning("phone-foreign", _("这是境外号码，无法按内地规则校验"))
NO_AREA_CODE = warning("landline-area-code", _("固定电话没有区号，请补充"))

_PUNCTUATION: Final = re.compile(r"[\s()\-.]+")
_MOBILE: Final = re.compile(r"^1[3-9]\d{9}$", re.ASCII)
_FOREIGN: Final = re.compile(r"^(?:\+|00)(?!86)([1-9]\d{6,14})$", re.ASCII)
_SEVERAL: Final = re.compile(r"\d{7,}\s*[,;/、|]\s*\d{7,}")
_TAIL: Final = re.compile(r"(\d)\1{7}$")
_PLACEHOLDERS: Final = frozenset({"13800138000", "13812345678", "13912345678", "12345678901"})
_LANDLINE: Final = re.compile(
    r"^(?:(0(?:10|2\d|[3-9]\d{2}))-?)?([1-9]\d{6,7})(?:[-转x#](\d{1,6}))?$",
    re.ASCII | re.IGNORECASE,
)
_COUNTRY: Final = re.compile(r"^(?:\+|00)86-?0?(?=[1-9]\d{8,})", re.ASCII)
_HOTLINE: Final = re.compile(r"^([48]00)-?(\d{3})-?(\d{4})$", re.ASCII)
_BRACKETS: Final = str.maketrans({"(": "", ")": "-", "—": "-", "–": "-", "_": "-"})


def check_mobile(value: str) -> Checked:
    number = value if _MOBILE.match(value) else _bare(value)
    if _MOBILE.match(number):
        return Checked(number, (PLACEHOLDER,)) if _looks_made_up(number) else Checked(number)
    if len(number) == 11 and number.isascii() and number.isdigit() and _looks_made_up(number):
        return Checked(number, (PLACEHOLDER,))
    if found := _FOREIGN.match(number):
        return Checked(f"+{found[1]}", (FOREIGN,))
    if is_scientific(compact(value)):
        return refused(DIGITS_LOST)
    return refused(SEVERAL if _SEVERAL.search(value) else MOBILE)


def check_landline(value: str) -> Checked:
    number = compact(value)
    bare = _bare(value)
    if _MOBILE.match(bare):
        return check_mobile(bare)
    if found := _FOREIGN.match(bare):
        return Checked(f"+{found[1]}", (FOREIGN,))
    number = number.translate(_BRACKETS).strip("-")
    number = _COUNTRY.sub("0", number) if _COUNTRY.match(number) else number
    if found := _HOTLINE.match(number):
        return Checked("-".join(found.groups()))
    if found := _LANDLINE.match(number):
        parts = [part for part in found.groups() if part]
        return Checked("-".join(parts), () if found[1] else (NO_AREA_CODE,))
    return refused(SEVERAL if _SEVERAL.search(value) else LANDLINE)


def _bare(value: str) -> str:
    number = _PUNCTUATION.sub("", compact(value))
    for prefix in ("+86", "0086", "86"):
        if number.startswith(prefix) and len(number) - len(prefix) == 11:
            return number[len(prefix) :]
    return number


def _looks_made_up(number: str) -> bool:
    return number in _PLACEHOLDERS or _TAIL.search(number) is not None
