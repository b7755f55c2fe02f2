"""The scrub as a leased job, chunk after chunk, each accounted for; killed, it goes on after the last."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.jobs import JOB
from custodian.workflow import IllegalMove
from records.models import ScrubRun
from records.storage import checking, faults, plans, reading
from records.storage.checking import Checked

OnProgress = Callable[[ScrubRun], None]
BEAT = 10.0


def silent(_run: ScrubRun) -> None:
    """Nobody watches."""


def work(run_id: int, *, on_progress: OnProgress = silent) -> ScrubRun:
    """Do a scrub, or what is left of it. Raises `IllegalMove` when somebody is at it."""
    actor = actors.system("scrubber")
    with scopes.acting(actor):
        run: ScrubRun = ScrubRun.objects.get(pk=run_id)
        lease = run.claim()
        try:
            _Work(run, lease, actor, on_progress).do()
        except IllegalMove:
            raise
        except Exception as error:
            # By its kind alone: a message may hold values.
            _fail(run, lease, type(error).__name__)
            raise
    return run


def _fail(run: ScrubRun, lease: UUID, note: str) -> None:
    with transaction.atomic():
        run.progress(lease, done=run.done)  # whose job it is no more does not end it
        JOB.move(run, "fail", {"note": note, "finished_at": clock.now()})


@dataclass
class _Work:
    run: ScrubRun
    lease: UUID
    actor: Actor
    on_progress: OnProgress
    beaten: float = field(default_factory=time.monotonic)

    def do(self) -> None:
        run = self.run
        if not run.plan:
            self._plan()
        while (at := int(run.cursor.get("step", 0))) < len(run.plan):
            name, after, limit = run.plan[at]
            after, taken = run.cursor.get("after", after), int(run.cursor.get("taken", 0))
            self._chunk(at, name, after, None if limit is None else limit - taken)
            self.on_progress(run)
        self._finish()

    def _plan(self) -> None:
        full = self.run.kind == ScrubRun.Kind.FULL
        size = self.run.sample_size or settings.CUSTODIAN_SCRUB_SAMPLE
        steps = plans.full() if full else plans.sample(size)
        self._save(plan=[list(step) for step in steps], total=plans.size_of(steps), cursor={})

    def _chunk(self, step: int, name: str, after: Any, left: int | None) -> None:
        """One chunk and its account in one transaction: what it found is told exactly once."""
        begun = time.monotonic()
        if name in plans.BETWEEN:
            last, checked = self._between(name, after)
            ended = last is None
        else:
            chunk = reading.FILES if name == "document" else reading.CHUNK
            size = chunk if left is None else min(left, chunk)
            rows = reading.chunk(name, after=int(after or 0), limit=size)
            checked = checking.check(
                rows, scrub=str(self.run.ref), actor=self.actor, beat=self._beat
            )
            last = rows[-1].pk if rows else after
            ended = len(rows) < size or size == left
        failpoints.hit("scrub-before-account")
        if ended:
            cursor: dict[str, Any] = {"step": step + 1}
        else:
            taken = int(self.run.cursor.get("taken", 0)) + checked.holdings
            cursor = {"step": step, "after": last, "taken": taken}
        self._account(name, checked, cursor, time.monotonic() - begun)
        failpoints.hit("scrub-after-account")

    def _beat(self) -> None:
        if time.monotonic() - self.beaten > BEAT:
            self.run.progress(self.lease, done=self.run.done)
            self.beaten = time.monotonic()

    def _between(self, name: str, after: Any) -> tuple[Any, Checked]:
        """Looked at twice like the holdings, because rows come and go between two statements."""
        look = plans.BETWEEN[name]
        last, count, found = look(after)
        if found:
            again = look(after)[2]
            found = [fault for fault in found if fault in again]
        owners = reading.owners(each.subject for each in found if each.subject is not None)
        return last, Checked(count, faults=found, owners=owners)

    def _account(self, name: str, checked: Checked, cursor: dict[str, Any], seconds: float) -> None:
        run = self.run
        with transaction.atomic():
            for fault in checked.faults:
                faults.tell(fault, customer=checked.customer(fault))
            counts = {**run.counts, name: run.counts.get(name, 0) + checked.holdings}
            run.progress(self.lease, done=run.done + checked.holdings)
            self._save(
                cursor=cursor,
                counts=counts,
                faults=run.faults + len(checked.faults),
                unlogged=run.unlogged + checked.unlogged,
                values_checked=run.values_checked + checked.values,
                seconds=run.seconds + seconds,
            )

    def _save(self, **changes: Any) -> None:
        held = ScrubRun.objects.filter(pk=self.run.pk, leased_by=self.lease)
        if not held.update(**changes):
            raise IllegalMove
        for name, value in changes.items():
            setattr(self.run, name, value)

    def _finish(self) -> None:
        run = self.run
        with transaction.atomic():
            run.progress(self.lease, done=run.done)
            JOB.move(run, "finish", {"finished_at": clock.now(), "total": run.done, "note": ""})
            gate.authorise(
                self.actor,
                Action.STORAGE_SCRUB,
                channel=Channel.TASK,
                facts={"scrub": str(run.ref), "found": run.faults},
            )
