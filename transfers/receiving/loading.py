"""Brings what came into the tables, sealed under keys of this house, where nobody sees it until it goes live.

A leased job in three passes over each package, because a policy names customers and a claim names a policy
that may lie further on. One segment is one transaction with its cursor, so a killed load goes on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, NamedTuple
from uuid import UUID

from django.db import transaction

from access import actors, scopes
from custodian import clock, failpoints
from custodian.errors import CustodianError
from custodian.jobs import JOB
from custodian.workflow import IllegalMove
from records import archiving
from transfers import faults
from transfers.models import Arrival, Load
from transfers.packages.reading import Position
from transfers.receipts import reconciling
from transfers.receiving import laying_out, unpacking
from transfers.receiving.archive import Archive
from transfers.receiving.placing import Placing
from transfers.receiving.unpacking import Held, Segments

ACTOR: Final = laying_out.ACTOR
OnProgress = Callable[[Load], None]


class Pass(NamedTuple):
    """One way through a package: what is placed of each record."""

    place: Callable[[Placing, list[Held], Archive], None]
    files: bool = False


PASSES: Final = (
    Pass(lambda placing, held, _archive: placing.customers(held)),
    Pass(lambda placing, held, _archive: placing.policies(held)),
    Pass(lambda placing, held, archive: placing.claims(held, archive.filed), files=True),
)


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
            with transaction.atomic():
                ended = {"note": note, "finished_at": clock.now(), "leased_by": None}
                JOB.move(load, "fail", ended)
                faults.job_failed(load, "load", note=note)
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
        for segments in unpacking.segments(arrival, begin):
            failpoints.hit("load-before-commit")
            with archiving.together():
                self._place(way, segments)
                after = segments.begins
                place = {"step": step, "begin": vars(after)} if after else {"step": step + 1}
                self.load.keep(self.lease, cursor=place, done=self.load.done + segments.passed)
            failpoints.hit("load-after-commit")
            self.on_progress(self.load)

    def _place(self, way: Pass, segments: Segments) -> None:
        archive = Archive({"transfer": self.load.transfer.code}, self.placing.actor)
        held = []
        for each, pieces in segments.records():
            held.append(each)
            if way.files:
                archive.take(each.subject, unpacking.files_of(each.record, pieces))
        archive.store()
        if held:
            way.place(self.placing, held, archive)

    def _finish(self) -> None:
        load = self.load
        load.keep(self.lease)
        with transaction.atomic():
            JOB.move(load, "finish", {"finished_at": clock.now(), "leased_by": None})
            faults.job_done(load, "load")
            differing = [line for line in reconciling.lines(load.transfer) if not line.zero]
            if differing:
                cause = f"loaded:{load.ref}"
                faults.loaded_otherwise(load.transfer, cause, count=len(differing))
