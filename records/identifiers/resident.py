"""Resident identity numbers (GB 11643; check character by ISO 7064 MOD 11-2)."""

from __future__ import annotations

import re
from datetime import date
from functools import cache, lru_cache
from importlib import resources
from operator import mul
from typing import Final, NamedTuple

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Checked, Problem, hard, refused, warning
from records.identifiers.sex import FEMALE, MALE
from records.identifiers.text import DIGITS_LOST, compact, is_scientific

LENGTH = hard("resident-id-length", _("居民身份证号码应为 18 位，请核对"))
CHARACTERS = hard("resident-id-characters", _("居民身份证号码前 17 位应为数字，请核对"))
CHECKSUM = hard("resident-id-checksum", _("证件号码最后一位不符，请核对"))
BIRTH_DATE = hard("resident-id-birth-date", _("证件号码中的出生日期不存在，请核对"))
AREA = warning("resident-id-area", _("证件号码前 6 位不是已知的行政区划，请核对"))
FIFTEEN = warning("resident-id-fifteen", _("这是 15 位旧号码，请向客户索取 18 位号码"))
RESIDENCE_PERMIT = warning(
    "resident-id-residence-permit", _("这是港澳台居民居住证号码，请核对证件类型")
)

_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_OFFSET: Final = 48 * sum(_WEIGHTS)  # byte 48 is "0": weigh the raw bytes, take the zeros off once
_CHECK: Final = "10X98765432"
_EIGHTEEN: Final = re.compile(r"^\d{17}[\dX]$", re.ASCII)
_RESIDENCE_AREAS: Final = frozenset({"810000", "820000", "830000"})
# Prefecture-level cities without counties are missing from the public table.
_EXTRA_PREFECTURES: Final = frozenset({"4419", "4420", "4603", "4604", "6202", "6590", "4290"})


class ResidentFacts(NamedTuple):
    """What the number itself says; dates are ISO 8601."""

    area: str
    birth_date: str
    sex: str

    def __repr__(self) -> str:
        return "<ResidentFacts>"


def check_resident_id(value: str, *, today: date | None = None) -> Checked:
    number = compact(value).upper()
    if len(number) == 15 and number.isascii() and number.isdigit():
        return _check_fifteen(number)
    found = _flaw_of(number, today)
    if found is not None:
        return refused(found)
    area = number[:6]
    if area in _RESIDENCE_AREAS:
        return Checked(number, (RESIDENCE_PERMIT,))
    if not area_known(area):
        return Checked(number, (AREA,))
    return Checked(number)


def check_residence_permit(value: str, *, today: date | None = None) -> Checked:
    """港澳台居民居住证: the same number with an area of its own."""
    checked = check_resident_id(value, today=today)
    if checked.problems == (RESIDENCE_PERMIT,):
        return Checked(checked.value)
    if checked.value is not None:
        return Checked(checked.value, (AREA,))
    return checked


def facts_of(number: str) -> ResidentFacts:
    """Read a number that `check_resident_id` accepted; 15 digits are read through conversion."""
    if len(number) == 15:
        number = to_eighteen(number)
    born = f"{number[6:10]}-{number[10:12]}-{number[12:14]}"
    return ResidentFacts(number[:6], born, MALE if int(number[16]) % 2 else FEMALE)


def to_eighteen(fifteen: str) -> str:
    body = f"{fifteen[:6]}19{fifteen[6:]}"
    return body + check_character(body)


def check_character(body: str) -> str:
    return _CHECK[(sum(map(mul, _WEIGHTS, body.encode())) - _OFFSET) % 11]


def area_known(area: str) -> bool:
    return area[:4] in _prefectures()


def _check_fifteen(number: str) -> Checked:
    if not _is_day(f"19{number[6:12]}"):
        return refused(BIRTH_DATE)
    return Checked(number, (FIFTEEN,))


def _flaw_of(number: str, today: date | None) -> Problem | None:
    if is_scientific(number):
        return DIGITS_LOST
    if len(number) != 18:
        return LENGTH
    if not _EIGHTEEN.match(number):
        return CHARACTERS
    if check_character(number[:17]) != number[17]:
        # A spreadsheet keeps 15 significant digits of a number and fills up with zeros.
        return DIGITS_LOST if number.endswith("000") else CHECKSUM
    if not _is_day(number[6:14]) or (today and number[6:14] > _digits(today)):
        return BIRTH_DATE
    return None


@lru_cache(8)
def _digits(day: date) -> str:
    return day.strftime("%Y%m%d")


@lru_cache(8_192)
def _is_day(digits: str) -> bool:
    year = int(digits[:4])
    try:
        return 1850 <= year <= 2200 and bool(date(year, int(digits[4:6]), int(digits[6:])))
    except ValueError:
        return False


@cache
def _prefectures() -> frozenset[str]:
    table = resources.files("stdnum.cn").joinpath("loc.dat").read_text(encoding="utf-8")
    listed, province = set(_EXTRA_PREFECTURES), ""
    for line in table.splitlines():
        if line[:2].isdigit():
            province = line[:2]
        elif line[2:6].isdigit():
            listed.add(province + line[2:4])
    return frozenset(listed)
