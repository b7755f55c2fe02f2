"""The recipient's fingerprint of an export: row order, honey customers, and harmless ways of writing.

Nothing of it changes a fact: a row may stand elsewhere, a date may have another stroke, a cell may stand in
quotation marks, and customers who exist nowhere may stand among the others. All of it follows from a key and
the export's number, so that it can be made again and held against a file that got out. Pure.
"""

from __future__ import annotations

import hashlib
import hmac
import math
import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

STROKES = ("-", "/", ".")
ENDS = ("\r\n", "\n")
GAPS = ("", " ", "\u3000")  # full width
MOST_CANARIES = 8
ROWS_TO_A_CANARY = 20
_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})")


@dataclass(frozen=True)
class Style:
    """How one export writes what can be written in several ways."""

    stroke: str  # in dates
    end: str  # of lines
    gap: str  # between the words of the first line

    def date(self, text: str) -> str:
        """A day in this style; whatever is no day stays as it is."""
        day = _DAY.fullmatch(text)
        return self.stroke.join(day.groups()) if day else text


@dataclass(frozen=True)
class Mark:
    """What one export is known by."""

    seed: bytes

    @classmethod
    def of(cls, secret: bytes, code: str) -> Mark:
        return cls(hmac.digest(secret, f"export/{code}".encode(), hashlib.sha256))

    @property
    def id(self) -> str:
        """Its short name in the register, from which nothing follows."""
        return self._said("id").hex()[:16]

    @property
    def style(self) -> Style:
        drawn = self._said("style")
        return Style(
            STROKES[drawn[0] % len(STROKES)], ENDS[drawn[1] % len(ENDS)], GAPS[drawn[2] % len(GAPS)]
        )

    def order(self, subjects: Iterable[int]) -> list[int]:
        """All rows in this export's own order; any part of them is in the same order."""
        return sorted(subjects, key=self.place)

    def place(self, subject: int) -> bytes:
        return self._said("row", subject)

    def quoted(self, subject: int) -> bool:
        """Whether every cell of this row stands in quotation marks, or only those that must."""
        return bool(self._said("quotes", subject)[0] & 1)

    def columns(self, codes: Iterable[str]) -> list[str]:
        return sorted(codes, key=lambda code: self._said("column", code))

    def canaries(self, honey: Collection[int], *, rows: int) -> list[int]:
        """Which honey customers stand among so many rows: never more than half of those there are."""
        drawn = sorted(honey, key=lambda subject: self._said("canary", subject))
        return sorted(drawn[: canaries_among(rows, len(drawn))])

    def _said(self, *words: object) -> bytes:
        return hmac.digest(self.seed, "/".join(map(str, words)).encode(), hashlib.sha256)


def canaries_among(rows: int, honey: int) -> int:
    wanted = min(MOST_CANARIES, max(1, math.ceil(rows / ROWS_TO_A_CANARY)))
    return min(wanted, (honey + 1) // 2)


def set_digest(subjects: Sequence[int]) -> str:
    """The hash of a set of customers, in whatever order they are told."""
    told = ",".join(map(str, sorted(subjects)))
    return hashlib.sha256(f"subjects:{told}".encode()).hexdigest()
