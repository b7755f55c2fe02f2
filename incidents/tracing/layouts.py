"""How far a file looks like the lists of another company: its headings, and the shape of its columns. Pure.

A signature says what a company's lists look like: columns in order, each with its heading, its kind, or the
way its numbers are written. Nothing of the file comes out but counts, each with what it is counted of.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

Row = Sequence[str]
SAMPLE: Final = 5_000  # rows that are looked at, evenly over the file
LEAST: Final = 20  # rows of which a column's shape says anything
HELD: Final = 0.9  # of a column's cells that make it this one
MOST: Final = 0.8  # of headings, and of columns, that make a file fit
HALF: Final = 0.5
_TOP: Final = 10  # rows among which the headings are looked for
_LONGEST: Final = 64
_SPREAD: Final = 2  # runs of open length in one shape, so that no cell takes long


class Grade(StrEnum):
    WELL = "well"
    PART = "part"
    NONE = "none"


class BadShape(ValueError):
    """The shape is no shape: too long, or a run that does not end."""


@dataclass(frozen=True)
class Column:
    heading: str = ""
    kind: str = ""
    shape: str = ""

    @property
    def is_told(self) -> bool:
        """Whether the cells themselves can be held against it."""
        return bool(self.kind or self.shape)


@dataclass(frozen=True)
class Layout:
    ref: str
    columns: tuple[Column, ...]
    separator: str = ""
    encoding: str = ""

    @property
    def headings(self) -> list[str]:
        return [each.heading for each in self.columns if each.heading]


@dataclass(frozen=True)
class Held:
    """Of one column: `fits` of `cells` that are not empty, in `rows` that were looked at."""

    column: Column
    fits: int
    cells: int
    rows: int

    @property
    def holds(self) -> bool:
        return (
            self.cells >= LEAST
            and self.cells >= self.rows * HALF
            and self.fits >= self.cells * HELD
        )


@dataclass(frozen=True)
class Fit:
    """`found` of `headings` stand in the file, `ordered` of them in the same order; None: nothing to tell."""

    ref: str
    headings: int
    found: int
    ordered: int
    columns: tuple[Held, ...]
    separator: bool | None
    encoding: bool | None
    grade: Grade

    @property
    def held(self) -> int:
        return sum(1 for each in self.columns if each.holds)


def plain(text: str) -> str:
    """As headings are compared: width, case, spaces and signs do not count."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(sign for sign in folded if sign.isalnum())


_TOKEN: Final = re.compile(r"([#@汉*]|[^#@汉*{}])(?:\{(\d{1,2})(?:-(\d{1,2}))?\})?")
_CLASS: Final[Mapping[str, str]] = {
    "#": "[0-9]",
    "@": "[A-Za-z]",
    "汉": "[\u3400-\u9fff]",
    "*": "[0-9A-Za-z]",
}


def compiled(shape: str) -> re.Pattern[str]:
    """`#` a digit, `@` a letter, `汉` a character, `*` digit or letter, `{12}` or `{8-10}` how many.

    Anything else stands for itself. Raises `BadShape`.
    """
    at, parts, longest, open_runs = 0, list[str](), 0, 0
    while at < len(shape):
        found = _TOKEN.match(shape, at)
        if found is None:
            raise BadShape
        sign, least, most = found[1], int(found[2] or 1), int(found[3] or found[2] or 1)
        if not 0 < least <= most:
            raise BadShape
        longest, open_runs = longest + most, open_runs + (least != most)
        parts.append(f"{_CLASS.get(sign) or re.escape(sign)}{{{least},{most}}}")
        at = found.end()
    if not 0 < longest <= _LONGEST or open_runs > _SPREAD:
        raise BadShape
    return re.compile("".join(parts))


# What a column may hold, by the shape of its cells.
KINDS: Final[Mapping[str, re.Pattern[str]]] = {
    "name": re.compile(r"[\u3400-\u9fff·]{2,20}|[A-Za-z][A-Za-z .'-]{1,40}"),
    "mobile": re.compile(r"(?:\+?86)?1[3-9][0-9]{9}"),
    "id_number": re.compile(r"[0-9]{17}[0-9Xx]|[0-9]{15}"),
    "email": re.compile(r"[^@\s]{1,64}@[^@\s]{1,120}"),
    "account": re.compile(r"[0-9]{12,19}"),
    "policy": re.compile(r"(?=[A-Za-z-]{0,20}[0-9])[0-9A-Za-z-]{8,24}"),
    "date": re.compile(r"[0-9]{4}([-/.]?)[0-9]{1,2}\1[0-9]{1,2}(?: .{1,20})?|[0-9]{4}年[0-9]{1,2}月[0-9]{1,2}日"),  # noqa: E501
    "money": re.compile(r"[¥￥]?-?[0-9,]{1,15}(?:\.[0-9]{1,4})?元?"),
    "plate": re.compile(r"[\u4e00-\u9fff][A-Z][A-Z0-9]{5,6}"),
    "address": re.compile(r"(?=.{0,40}[省市区县镇乡路街村号]).{5,120}"),
    "sex": re.compile(r"[男女]|[MFmf]|male|female"),
}  # fmt: skip


def compare(
    rows: Sequence[Row],
    layouts: Sequence[Layout],
    *,
    ours: Sequence[bool] = (),
    separator: str = "",
    encoding: str = "",
) -> list[Fit]:
    """Every signature that fits in part at least, the best first; rows that are `ours` are left out."""
    heads = [[plain(cell) for cell in row] for row in rows[:_TOP]]
    strangers = _sample([row for at, row in enumerate(rows) if at >= len(ours) or not ours[at]])
    found = [_fit(each, heads, strangers, separator, encoding) for each in layouts]
    return sorted((each for each in found if each.grade is not Grade.NONE), key=_rank)


def _sample(rows: Sequence[Row]) -> Sequence[Row]:
    filled = [row for row in rows if any(cell.strip() for cell in row)]
    if len(filled) <= SAMPLE:
        return filled
    return [filled[at * len(filled) // SAMPLE] for at in range(SAMPLE)]


def _fit(
    layout: Layout,
    heads: Sequence[Sequence[str]],
    rows: Sequence[Row],
    separator: str,
    encoding: str,
) -> Fit:
    wanted = [plain(each) for each in layout.headings]
    top = max(heads, key=lambda row: len(set(wanted) & set(row)), default=[])
    places = {name: at for at, name in reversed(list(enumerate(top))) if name in wanted}
    # The row of the headings is no row of cells; without it columns are told by their place alone.
    below = [row for row in rows if not places or [plain(cell) for cell in row[: len(top)]] != top]
    columns = tuple(
        _held(column, places.get(plain(column.heading)) if places and column.heading else at, below)
        for at, column in enumerate(layout.columns)
        if column.is_told
    )
    found = sum(1 for each in wanted if each in places)
    return Fit(
        layout.ref,
        len(wanted),
        found,
        _ordered([places[each] for each in wanted if each in places]),
        columns,
        _same(layout.separator, separator),
        _same(layout.encoding, encoding),
        _grade(len(wanted), found, columns),
    )


def _held(column: Column, at: int | None, rows: Sequence[Row]) -> Held:
    if at is None:
        return Held(column, 0, 0, len(rows))
    fits: Callable[[str], object] = (
        compiled(column.shape).fullmatch if column.shape else KINDS[column.kind].fullmatch
    )
    cells = [row[at].strip() for row in rows if at < len(row) and row[at].strip()]
    return Held(
        column, sum(1 for cell in cells if fits(cell[: _LONGEST * 2])), len(cells), len(rows)
    )


def _ordered(places: Sequence[int]) -> int:
    """The longest run of them, gaps allowed, that stands in this order."""
    best: list[int] = []
    for at, place in enumerate(places):
        best.append(1 + max((best[i] for i in range(at) if places[i] < place), default=0))
    return max(best, default=0)


def _same(said: str, found: str) -> bool | None:
    return said == found if said and found else None


def _grade(headings: int, found: int, columns: Sequence[Held]) -> Grade:
    """Separator and encoding are common to too many to decide anything, and so is a heading or two."""
    told, held = len(columns), sum(1 for each in columns if each.holds)
    shaped = any(each.holds and each.column.shape for each in columns)
    # A heading that is missing has counted as one already.
    there = sum(1 for each in columns if each.cells)
    by_headings = headings >= 3 and found >= headings * MOST and held >= there * MOST
    by_shapes = shaped and told >= 3 and held == told
    if by_headings or by_shapes:
        return Grade.WELL
    some_headings = headings >= 3 and found >= headings * HALF
    return Grade.PART if some_headings or (shaped and held >= told * HALF) else Grade.NONE


_ORDER: Final = tuple(Grade)


def _rank(each: Fit) -> tuple[int, int, int, str]:
    return _ORDER.index(each.grade), -(each.found + each.held), -each.ordered, each.ref
