"""Bank cards (Luhn) and passbook accounts."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Checked, hard, refused, warning
from records.identifiers.text import DIGITS_LOST, compact, is_scientific

SHAPE = hard("account-shape", _("银行账号应为数字，请核对"))
LENGTH = warning("account-length", _("银行账号的位数少见，请核对"))
NOT_A_CARD = warning("account-not-a-card", _("号码不符合银行卡校验规则，若非存折账号请核对"))

_DIGITS: Final = re.compile(r"^\d{8,32}$", re.ASCII)
_CARD_LENGTHS: Final = range(13, 20)
_DOUBLED: Final = bytes((d * 2 - 9 if d > 4 else d * 2) for d in range(10))
_TABLE: Final = bytes(_DOUBLED[i - 48] + 48 if 48 <= i < 58 else i for i in range(256))


def check_account(value: str) -> Checked:
    number = compact(value).replace("-", "")
    if is_scientific(number):
        return refused(DIGITS_LOST)
    if not _DIGITS.match(number):
        return refused(SHAPE)
    if len(number) not in _CARD_LENGTHS:
        return Checked(number, (LENGTH,))
    return Checked(number) if luhn(number) else Checked(number, (NOT_A_CARD,))


def luhn(number: str) -> bool:
    digits = number.encode()[::-1]
    doubled = digits[1::2].translate(_TABLE)
    return (sum(digits[::2]) + sum(doubled) - 48 * len(digits)) % 10 == 0
