"""A few rows of a file as a person may see them before anything is imported: every value under its mask."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from custodian import clock, elements
from custodian.elements import Masked
from records import masks
from records.importing.mapping import SourceMapping
from records.importing.plan import CheckValue, check_of
from records.importing.readers import Sheet

ROWS: Final = 5


@dataclass(frozen=True)
class Sample:
    headers: Sequence[str]
    rows: list[list[Masked]] = field(repr=False)

    @property
    def cells(self) -> list[list[tuple[str, Masked]]]:
        """Each row with the headers beside the cells."""
        return [list(zip(self.headers, row, strict=True)) for row in self.rows]


def of_sheet(sheet: Sheet, mapping: SourceMapping | None) -> Sample:
    """Whoever calls has logged the look. What no check has read as its element is hidden whole."""
    veils = [_Veil(header, mapping) for header in sheet.headers]
    rows = [
        [veil.over(cell) for veil, cell in zip(veils, _fitted(row.cells, len(veils)), strict=True)]
        for row in islice(sheet.rows, ROWS)
    ]
    return Sample(sheet.headers, rows)


def _fitted(cells: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (cells + ("",) * width)[:width]


class _Veil:
    """The mask of one column: the catalogue's where it is an element, else nothing of it is seen."""

    def __init__(self, header: str, mapping: SourceMapping | None) -> None:
        self._mask: elements.Mask = masks.whole
        self._check: CheckValue | None = None
        for target, rule in mapping.columns.items() if mapping else ():
            if rule.headers == (header,) and elements.known(target) and mapping is not None:
                element = elements.get(target)
                if not element.never_shown:
                    self._mask = element.mask
                    self._check = check_of(target, mapping, clock.local().date())

    def over(self, cell: str) -> Masked:
        read = self._check(cell).value if self._check is not None else None
        return self._mask(read) if read else masks.whole(cell.strip())
