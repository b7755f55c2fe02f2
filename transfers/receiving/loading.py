"""Brings what came into the tables, sealed under keys of this house, where nobody sees it until it goes live.

A leased job in three passes over each package, because a policy names customers and a claim names a policy
that may lie further on. One segment is one transaction with its cursor, so a killed load goes on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final, NamedTuple
from uuid import UUID

from access import actors, scopes
from custodian import clock, failpoints
from custodian.errors import CustodianError
from custodian.jobs import JOB
from custodian.workflow import IllegalMove
from records import documents
from transfers.models import Arrival, ArrivedRecord, Load
from transfers.packages import one_time, shelf
from transfers.packages.layout import Frame
from transfers.packages.reading import Position
from transfers.packages.record import FilePart, Record
from transfers.receiving import laying_out
from transfers.receiving.placing import Placing

ACTOR: Final = laying_out.ACTOR
OnProgress = Callable[[Load], None]


class Pass(NamedTuple):
    """One way through a package: what is placed of each record."""

    name: str
    files: bool = False


PASSES: Final = (Pass("customers"), Pass("policies"), Pass("claims", files=True))


@dataclass
class Held:
    """A record of a segment with its row, and its files as they came."""

    row: ArrivedRecord
    record: Record = field(repr=False)
    files: list[tuple[FilePart, bytes]] = field(default_factory=list, repr=False)

    @property
    def subject(self) -> int:
        """Whose it is, once the first pass has come by."""
        if self.row.subject_id is None:
            raise LookupError("loaded in the wrong order")
        return int(self.row.subject_id)


def silent(load: Load) -> None:
    """Nobody watches."""


def work(pk: int, *, on_progress: OnProgress = silent) -> Load:
    """Load a transfer's packages, or what is left of them. Raises `IllegalMove` when somebody else does."""
    with scopes.acting(actors.system(ACTOR)), scopes.arrivals():
        load: Load = Load.objects.select_related("transfer__book", "unit").get(pk=pk)
        lease = load.claim()
        try:
            _Loading(load, lease, on_progress).do()
        except IllegalMove:
            raise
        except Exception as error:
            note = error.code if isinstance(error, CustodianError) else type(error).__name__
            JOB.move(load, "fail", {"note": note, "finished_at": clock.now(), "leased_by": None})
            raise
    return load


class _Loading:
    def __init__(self, load: Load, lease: UUID, on_progress: OnProgress) -> None:
        self.load, self.lease, self.on_progress = load, lease, on_progress
        self.placing = Placing(load)

    def do(self) -> None:
        load = self.load
        arrivals = list(
            load.transfer.arrivals.filter(stage=Arrival.Stage.LAID_OUT).order_by("number")
        )
        total = len(PASSES) * sum(each.done for each in arrivals)
        Load.objects.filter(pk=load.pk).update(total=total)
        steps = [(at, arrival) for at in range(len(PASSES)) for arrival in arrivals]
        begun = load.cursor.get("step", 0)
        for number, (at, arrival) in enumerate(steps):
            if number >= begun:
                self._walk(number, PASSES[at], arrival)
        self._finish()

    def _walk(self, step: int, way: Pass, arrival: Arrival) -> None:
        cursor = self.load.cursor
        begin = None
        if cursor.get("step") == step and "begin" in cursor:
            begin = Position(**cursor["begin"])
        for segment, after in _segments(arrival, way, begin):
            failpoints.hit("load-before-commit")
            with documents.filing():
                self._place(way, arrival, segment)
                place = {"step": step, "begin": vars(after)} if after else {"step": step + 1}
                self.load.keep(self.lease, cursor=place, done=self.load.done + len(segment))
            failpoints.hit("load-after-commit")
            self.on_progress(self.load)

    def _place(self, way: Pass, arrival: Arrival, segment: list[tuple[int, Held]]) -> None:
        rows = {
            row.place: row
            for row in arrival.records.filter(
                place__in=[place for place, _held in segment], current=True
            )
        }
        held = []
        for place, each in segment:
            if place in rows:
                each.row = rows[place]
                held.append(each)
        if held:
            getattr(self.placing, way.name)(held)

    def _finish(self) -> None:
        self.load.keep(self.lease)
        JOB.move(self.load, "finish", {"finished_at": clock.now(), "leased_by": None})


def _segments(
    arrival: Arrival, way: Pass, begin: Position | None
) -> Iterator[tuple[list[tuple[int, Held]], Position | None]]:
    """The records of one segment after the other, and where the next begins; None after the last."""
    secret = one_time.release(arrival.holding, arrival.secret_sealed)
    found: list[tuple[int, Held]] = []
    at = begin
    with shelf.path_of(shelf.IN, arrival.ref).open("rb") as file:
        for opened in laying_out.package_of(arrival).frames(file, secret, begin=begin):
            if opened.kind in {Frame.LINE, Frame.MANIFEST}:
                break
            if opened.begins != at:
                if found:
                    yield found, opened.begins
                found, at = [], opened.begins
            if opened.kind is Frame.RECORD:
                record = Record.read(opened.body)
                place = opened.begins.records + len(found)
                found.append((place, Held(ArrivedRecord(), record)))
            elif way.files:
                _gather(found[-1][1], opened.body)
    yield found, None


def _gather(held: Held, piece: bytes) -> None:
    """A file of a record, whole; the frames come in the order that the record names them."""
    for number, part in enumerate(each for each in held.record.pieces if each.size):
        if number == len(held.files):
            held.files.append((part, b""))
        came = held.files[number][1]
        if len(came) < part.size:
            held.files[number] = (part, came + piece)
            return
