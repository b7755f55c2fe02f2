"""Numbers with right check digits that hardly anybody can hold (GB 11643, GB 32100, ISO 7812).

Resident IDs use order codes from 900 up, mobiles use prefixes no operator sells, and bank cards
start with an issuer prefix that no bank has.
"""

from __future__ import annotations

from datetime import date
from random import Random
from typing import Final

ID_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
ID_CHECKS: Final = "10X98765432"
MOBILE_PREFIXES: Final = ("154", "161", "163", "164", "168", "169")
CARD_PREFIX: Final = "9990"
USCC_ALPHABET: Final = "0123456789ABCDEFGHJKLMNPQRTUWXY"
ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)
MOBILES: Final = len(MOBILE_PREFIXES) * 10**8
STRIDE: Final = 378_114_511  # prime, so every index gives another number


def id_check(first17: str) -> str:
    total = sum(int(digit) * weight for digit, weight in zip(first17, ID_WEIGHTS, strict=True))
    return ID_CHECKS[total % 11]


def luhn_check(digits: str) -> str:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def organisation_check(first8: str) -> str:
    values = (int(character, 36) for character in first8)
    total = sum(v * weight for v, weight in zip(values, ORGANISATION_WEIGHTS, strict=True))
    check = -total % 11
    return "X" if check == 10 else str(check)


def uscc_check(first17: str) -> str:
    total = sum(USCC_ALPHABET.index(c) * pow(3, place, 31) for place, c in enumerate(first17))
    return USCC_ALPHABET[-total % 31]


def fifteen(resident_id: str) -> str:
    """The number as it was written before 1999: no century, no check character."""
    return resident_id[:6] + resident_id[8:17]


def wrong_check(resident_id: str, random: Random) -> str:
    return resident_id[:17] + random.choice([c for c in "0123456789" if c != resident_id[17]])


class Supply:
    """Deals out invented numbers, none of them twice."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._ids: set[str] = set()
        self._dealt = random.randrange(MOBILES)
        self._serial = random.randrange(10**6, 2 * 10**6)

    def _next(self) -> int:
        self._serial += 1
        return self._serial

    def mobile(self) -> str:
        self._dealt += 1
        prefix, rest = divmod(self._dealt * STRIDE % MOBILES, 10**8)
        return f"{MOBILE_PREFIXES[prefix]}{rest:08d}"

    def landline(self, dialling: str) -> str:
        return f"{dialling}-2{self._random.randrange(10**7 if len(dialling) == 3 else 10**6):06d}"

    def resident_id(self, area: str, born: date, sex: str) -> str:
        while True:
            order = 900 + 2 * self._random.randrange(48) + (1 if sex == "男" else 0)
            first17 = f"{area}{born:%Y%m%d}{order:03d}"
            if first17 not in self._ids:
                self._ids.add(first17)
                return first17 + id_check(first17)

    def card(self) -> str:
        first18 = f"{CARD_PREFIX}{self._random.randrange(10**6):06d}{self._next():08d}"
        return first18 + luhn_check(first18)

    def uscc(self, area: str) -> str:
        body = f"MA{self._next() % 10**6:06d}"
        first17 = f"91{area}{body}{organisation_check(body)}"
        return first17 + uscc_check(first17)

    def passport(self) -> str:
        return f"{self._random.choice('BCKNRT')}{self._random.choice('XYZ')}{self._next():07d}"

    def permit(self, letter: str = "") -> str:
        return f"{letter}{self._next():08d}"

    def military(self) -> str:
        return f"南字第{self._next():08d}号"
