"""Sex as GB/T 2261.1 and everyday files write it."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Checked, refused, warning
from records.identifiers.text import compact

MALE: Final = "male"
FEMALE: Final = "female"

UNREADABLE = warning("sex-unreadable", _("性别无法识别，未收录，请核对"))

_WORDS: Final = {
    **dict.fromkeys(("男", "男性", "m", "male", "1", "先生", "man"), MALE),
    **dict.fromkeys(("女", "女性", "f", "female", "2", "女士", "小姐", "woman"), FEMALE),
}
_UNSTATED: Final = frozenset({"0", "9", "未知", "未说明", "unknown", "u", "不详"})


def check_sex(value: str) -> Checked:
    word = compact(value).lower()
    if word in _UNSTATED:
        return Checked(None)
    known = _WORDS.get(word)
    return Checked(known) if known else refused(UNREADABLE)
