"""Dates in the writings of Chinese books and spreadsheets, made ISO 8601."""

from __future__ import annotations

import re
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Checked, hard, refused, warning
from records.identifiers.text import compact

UNREADABLE = hard("date-unreadable", _("日期无法识别，请写成 2020-01-02 的样式"))
IMPOSSIBLE = hard("date-impossible", _("没有这一天，请核对日期"))
AMBIGUOUS = hard("date-ambiguous", _("日与月的先后不明，请在对应关系中指定日期顺序"))
BIRTH_FUTURE = hard("birth-date-future", _("出生日期晚于今天，请核对"))
BIRTH_TOO_OLD = hard("birth-date-too-old", _("按出生日期已超过 130 岁，请核对"))
BIRTH_PLACEHOLDER = warning("birth-date-placeholder", _("出生日期像是系统默认值，请核对"))

LONG_TERM: Final = "长期"


class DateOrder(StrEnum):
    """How a file writes the parts where the year comes last."""

    UNSTATED = "unstated"
    DMY = "dmy"
    MDY = "mdy"


_YMD: Final = re.compile(r"^(\d{4})(?:[-/.]|年)(\d{1,2})(?:[-/.]|月)(\d{1,2})日?$")
_SHORT: Final = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})$")
_HAN: Final = re.compile(
    r"^([〇零○Ｏ一二三四五六七八九]{4})年([一二三四五六七八九十正元]{1,2})月([一二三四五六七八九十]{1,3})日?$"
)
_TIME: Final = re.compile(
    r"(?<=[\d日])[T ]?\s*\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|\+\d{2}:\d{2})?$"
)
_RANGE: Final = re.compile(
    r"(?:(?<=\d{4}.\d{2}.\d{2})|(?<=^\d{8}))\s*(?:-|—|–|~|至|到)\s*(?=\d{4}|长期|永久)"
)
_SERIAL: Final = re.compile(r"^\d{5}(?:\.0+)?$")
_SERIAL_START: Final = date(1899, 12, 30)
_SERIALS: Final = range(10_000, 73_051)
_YEARS: Final = range(1850, 2200)
_LONG_TERM_WORDS: Final = frozenset(
    {"长期", "永久", "长期有效", "永久有效", "longterm", "permanent"}
)
_PLACEHOLDERS: Final = frozenset({"1900-01-01", "1899-12-30", "1899-12-31", "1901-01-01"})
_HAN_DIGIT: Final = {**{c: i for i, c in enumerate("〇一二三四五六七八九")}, "零": 0, "○": 0}
_OLDEST: Final = 130


def check_date(value: str, *, order: DateOrder = DateOrder.UNSTATED) -> Checked:
    text = value.strip()
    if len(text) == 8 and text.isascii() and text.isdigit():
        return _calendar(int(text[:4]), int(text[4:6]), int(text[6:]))
    if ":" in text:
        text = _TIME.sub("", text)
    text = compact(text)
    if found := _YMD.match(text):
        return _calendar(int(found[1]), int(found[2]), int(found[3]))
    if _SERIAL.match(text):
        return _from_serial(int(text[:5]))
    if found := _SHORT.match(text):
        return _year_last(int(found[1]), int(found[2]), int(found[3]), order)
    if found := _HAN.match(text):
        return _calendar(_han_year(found[1]), _han_number(found[2]), _han_number(found[3]))
    return refused(UNREADABLE)


def check_birth_date(value: str, *, today: date, order: DateOrder = DateOrder.UNSTATED) -> Checked:
    checked = check_date(value, order=order)
    if checked.value is None:
        return checked
    if checked.value > today.isoformat():
        return refused(BIRTH_FUTURE)
    if checked.value in _PLACEHOLDERS:
        return Checked(checked.value, (BIRTH_PLACEHOLDER,))
    if int(checked.value[:4]) < today.year - _OLDEST:
        return refused(BIRTH_TOO_OLD)
    return checked


def check_valid_until(value: str, *, order: DateOrder = DateOrder.UNSTATED) -> Checked:
    """The end of a document's validity: a day, a span of two days, or 长期."""
    text = value.strip()
    if len(text) > 12:
        text = _RANGE.split(text)[-1]
    if compact(text).lower() in _LONG_TERM_WORDS:
        return Checked(LONG_TERM)
    return check_date(text, order=order)


def _calendar(year: int, month: int, day: int) -> Checked:
    if year not in _YEARS:
        return refused(IMPOSSIBLE)
    try:
        return Checked(date(year, month, day).isoformat())
    except ValueError:
        return refused(IMPOSSIBLE)


def _from_serial(days: int) -> Checked:
    if days not in _SERIALS:
        return refused(UNREADABLE)
    return Checked((_SERIAL_START + timedelta(days=days)).isoformat())


def _year_last(first: int, second: int, year: int, order: DateOrder) -> Checked:
    if order is DateOrder.DMY or (order is DateOrder.UNSTATED and first > 12):
        return _calendar(year, second, first)
    if order is DateOrder.MDY or second > 12 or first == second:
        return _calendar(year, first, second)
    return refused(AMBIGUOUS)


def _han_year(text: str) -> int:
    return int("".join(str(_HAN_DIGIT.get(character, 0)) for character in text))


def _han_number(text: str) -> int:
    """One to ninety-nine as months and days are written: 元, 七, 十, 十二, 二十, 三十一."""
    if text in ("正", "元"):
        return 1
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _HAN_DIGIT.get(text, 0)
    return (_HAN_DIGIT.get(tens, 0) if tens else 1) * 10 + (_HAN_DIGIT.get(ones, 0) if ones else 0)
