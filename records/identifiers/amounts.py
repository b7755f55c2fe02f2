"""Sums of money in Chinese writing, made plain decimals of the currency's main unit."""

from __future__ import annotations

import re
from decimal import Decimal, InvalidOperation
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Checked, hard, refused
from records.identifiers.text import compact

UNREADABLE = hard("amount-unreadable", _("金额无法识别，请写成 120000.00 的样式"))
NEGATIVE = hard("amount-negative", _("金额不能是负数，请核对"))
TOO_LARGE = hard("amount-too-large", _("金额过大，请核对单位"))
TOO_FINE = hard("amount-too-fine", _("金额最多两位小数，请核对"))

_PLAIN: Final = re.compile(r"^\d{1,13}(?:\.\d{1,2})?$", re.ASCII)
_WRITTEN: Final = re.compile(
    r"^(?:人民币|RMB|CNY|¥|￥)?([+-]?(?:\d{1,3}(?:,\d{3})+|\d+|\d{1,4}(?:,\d{4})+)?(?:\.\d+)?)"
    r"(亿|万|千|百)?(?:元|圆|块|人民币|RMB|CNY)?整?$",
    re.ASCII | re.IGNORECASE,
)
_UNITS: Final = {"亿": 10**8, "万": 10**4, "千": 10**3, "百": 10**2}
_CENT: Final = Decimal("0.01")
_LARGEST: Final = Decimal(10) ** 13


def check_amount(value: str, *, exact: bool = False) -> Checked:
    """`exact`: parts of a cent are refused; in a table, which may hold a quotient, they are rounded."""
    if _PLAIN.match(value):
        whole, _dot, cents = value.partition(".")
        return Checked(f"{int(whole)}.{cents:0<2}")
    found = _WRITTEN.match(compact(value))
    if not found or not found[1]:
        return refused(UNREADABLE)
    try:
        amount = Decimal(found[1].replace(",", "")) * _UNITS.get(found[2], 1)
    except InvalidOperation:
        return refused(UNREADABLE)
    wrong = {
        NEGATIVE: amount < 0,
        TOO_LARGE: amount >= _LARGEST,
        TOO_FINE: exact and amount < _LARGEST and amount != amount.quantize(_CENT),
    }
    problem = next((each for each, holds in wrong.items() if holds), None)
    return refused(problem) if problem else Checked(str(amount.quantize(_CENT)))
