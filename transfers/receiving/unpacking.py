"""The records of a package that was laid out, segment by segment; a file is never in memory whole."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from transfers.models import Arrival, ArrivedRecord
from transfers.packages import one_time, shelf
from transfers.packages.layout import Frame
from transfers.packages.reading import Opened, Position
from transfers.packages.record import FilePart, Record
from transfers.receiving import laying_out

_ROWS: Final = 500  # read at a time
_ENDS: Final = frozenset({Frame.LINE, Frame.MANIFEST})


@dataclass
class Held:
    """A record with its row."""

    row: ArrivedRecord
    record: Record = field(repr=False)

    @property
    def subject(self) -> int:
        """Whose it is, once the first pass has come by."""
        if self.row.subject_id is None:
            raise LookupError("loaded in the wrong order")
        return int(self.row.subject_id)


class Segments:
    """Where the reading stands. `begins` is the next segment; None behind the last record."""

    def __init__(self, arrival: Arrival, frames: Iterator[Opened]) -> None:
        self._arrival, self._frames = arrival, frames
        self._next = next(frames, None)
        self._rows: dict[int, ArrivedRecord] = {}
        self._known = range(0)
        self.passed = 0  # records of the segment that was read last

    @property
    def begins(self) -> Position | None:
        return None if self._next is None or self._next.kind in _ENDS else self._next.begins

    def records(self) -> Iterator[tuple[Held, Iterator[bytes]]]:
        """Those of the next segment that count, each with the pieces of its files as they come."""
        begins, self.passed = self.begins, 0
        while begins is not None and self.begins == begins:
            record = Record.read(self._take().body)
            row = self._row(begins.records + self.passed)
            if row is not None:
                yield Held(row, record), self._pieces()
            for _piece in self._pieces():  # that nobody asked for
                pass
            self.passed += 1

    def _pieces(self) -> Iterator[bytes]:
        while self._next is not None and self._next.kind is Frame.FILE:
            yield self._take().body

    def _take(self) -> Opened:
        taken = self._next
        if taken is None:
            raise LookupError("nothing is left of the package")
        self._next = next(self._frames, None)
        return taken

    def _row(self, place: int) -> ArrivedRecord | None:
        """None for a record that a later package has replaced."""
        if place not in self._known:
            self._known = range(place, place + _ROWS)
            rows = self._arrival.records.filter(
                place__gte=place, place__lt=self._known.stop, current=True
            )
            self._rows = {row.place: row for row in rows}
        return self._rows.get(place)


def segments(arrival: Arrival, begin: Position | None) -> Iterator[Segments]:
    """Once for each segment, from `begin` on; the caller reads its records before it asks for the next."""
    secret = one_time.release(arrival.holding, arrival.secret_sealed)
    with shelf.path_of(shelf.IN, arrival.ref).open("rb") as file:
        frames = laying_out.package_of(arrival).frames(file, secret, begin=begin)
        reading = Segments(arrival, frames)
        while reading.begins is not None:
            yield reading


def files_of(record: Record, pieces: Iterator[bytes]) -> Iterator[tuple[FilePart, Iterator[bytes]]]:
    """Each file with its own pieces, which are read before the next file is asked for."""
    for part in record.pieces:
        yield part, _exactly(pieces, part.size)


def _exactly(pieces: Iterator[bytes], size: int) -> Iterator[bytes]:
    """What the laying out has counted already: no piece is of two files."""
    left = size
    while left > 0:
        piece = next(pieces)
        left -= len(piece)
        yield piece
