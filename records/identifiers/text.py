"""Text as people type it, made even: width, spaces, invisible characters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Checked, hard, refused, warning

_INVISIBLE: Final = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]")
_UNTIDY: Final = re.compile(
    "[\x00-\x1f\x7f\u00a0\u00ad\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2069\u3000\ufeff\ufff9-\ufffb]"
    "|  |^ | $"
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES: Final = re.compile(r"\s+")
_HAN_GAP: Final = re.compile(r"(?<=[\u3400-\u9fff\U00020000-\U0003ffff]) (?=[\u3400-\u9fff])")
_LETTER: Final = re.compile(r"[^\W\d_]")
_SCIENTIFIC: Final = re.compile(r"^\d(?:\.\d+)?[eE]\+\d{2}$")
_NO_NAME: Final = frozenset(
    {"无", "不详", "未知", "无名", "测试", "null", "none", "n/a", "test", "空"}
)

TOO_LONG = hard("text-too-long", _("内容过长，请核对是否串列"))
NAME_EMPTY = hard("name-empty", _("姓名中没有文字，请补充姓名"))
NAME_PLACEHOLDER = hard("name-placeholder", _("姓名是占位文字，请补充真实姓名"))
NAME_DIGITS = warning("name-digits", _("姓名中有数字，请核对"))
DIGITS_LOST = hard(
    "digits-lost", _("表格把号码存成了数字，末尾数位已丢失，请把该列设为文本后重新导出")
)

NAME_LENGTH: Final = 200
TEXT_LENGTH: Final = 4000


def compact(value: str) -> str:
    """Codes and numbers: half-width, without spaces or invisible characters."""
    if value.isascii():
        return value if value.isalnum() else "".join(value.split())
    return _SPACES.sub("", _INVISIBLE.sub("", unicodedata.normalize("NFKC", value)))


def tidy(value: str) -> str:
    """Words: only outer, doubled and invisible characters go; the wording stays."""
    if value.isalpha() or not _UNTIDY.search(value):
        return value
    return _SPACES.sub(" ", _CONTROL.sub("", _INVISIBLE.sub("", value))).strip()


def is_scientific(value: str) -> bool:
    """A long number that a spreadsheet has rounded, such as 4.40301E+17."""
    return "+" in value and _SCIENTIFIC.match(value) is not None


def check_text(value: str) -> Checked:
    text = tidy(value)
    if len(text) > TEXT_LENGTH:
        return refused(TOO_LONG)
    return Checked(text or None)


def check_name(value: str) -> Checked:
    if value.isalpha() and len(value) <= NAME_LENGTH and value.lower() not in _NO_NAME:
        return Checked(value)
    name = tidy(value)
    if " " in name:
        name = _HAN_GAP.sub("", name)
    if len(name) > NAME_LENGTH:
        return refused(TOO_LONG)
    if name.lower() in _NO_NAME:
        return refused(NAME_PLACEHOLDER)
    if not _LETTER.search(name):
        return refused(NAME_EMPTY)
    if any(character.isdigit() for character in name):
        return Checked(name, (NAME_DIGITS,))
    return Checked(name)
