"""Unified social credit codes of organisations (GB 32100), and the older codes they replaced."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext_lazy as _
from stdnum.cn import uscc

from records.identifiers.checked import Checked, hard, refused, warning
from records.identifiers.text import DIGITS_LOST, compact, is_scientific

SHAPE = hard("uscc-shape", _("统一社会信用代码应为 18 位数字和大写字母，请核对"))
CHECKSUM = hard("uscc-checksum", _("统一社会信用代码最后一位不符，请核对"))
OLD_CODE = warning("uscc-old-code", _("这是旧的组织机构代码或注册号，请补充统一社会信用代码"))

_SHAPE: Final = re.compile(r"^[0-9A-HJ-NPQRTUWXY]{2}\d{6}[0-9A-HJ-NPQRTUWXY]{10}$")
_OLD: Final = re.compile(r"^(?:[0-9A-Z]{8}-?[0-9X]|\d{15})$")


def check_uscc(value: str) -> Checked:
    code = compact(value).upper()
    if _SHAPE.match(code):
        # The library also insists on place names, which age; the check character does not.
        return Checked(code) if uscc.calc_check_digit(code[:-1]) == code[-1] else refused(CHECKSUM)
    if is_scientific(code):
        return refused(DIGITS_LOST)
    return Checked(code, (OLD_CODE,)) if _OLD.match(code) else refused(SHAPE)
