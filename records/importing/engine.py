"""A run of the importer: a leased job that takes chunks, each in one transaction with its cursor.

Killed at any moment, it goes on after the last chunk that was committed and ends in the same state.
A dry run is the same work in one transaction that is rolled back at its end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from typing import Final, Protocol
from uuid import UUID

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Unit
from access.vocabulary import Channel
from custodian import clock, databases, failpoints
from custodian.jobs import JOB, LEASE, JobStatus
from custodian.workflow import IllegalMove
from records.importing import on_its_way, relations
from records.importing.directory import Directory
from records.importing.drafts import CustomerDraft, Outcome, Rejected
from records.importing.known import Known, Rows
from records.importing.mapping import MappingInvalid
from records.importing.quarantine import Seal
from records.importing.readers import Row, SourceRefused
from records.importing.steps import Step, steps_of
from records.importing.taking import Chunk, Errand, Place, Tally
from records.models import ImportRun
from records.products import checking

CHUNK: Final = 1000


class Progress(Protocol):
    def __call__(self, run: ImportRun) -> None: ...


def silent(run: ImportRun) -> None:
    """Nobody watches."""


def work(run_id: int, *, channel: str = Channel.TASK, on_progress: Progress = silent) -> ImportRun:
    """Do a run, or what is left of it. Raises `IllegalMove` when somebody else is at it."""
    with scopes.acting(actors.system("importer")):
        run: ImportRun = ImportRun.objects.select_related("book", "requested_by__unit", "unit").get(
            pk=run_id
        )
        lease = run.claim()
        try:
            with on_its_way.sight(run):
                _Work(run, lease, channel, on_progress).do()
        except SourceRefused as refused:
            _end(run, "refuse", note=refused.code)
        except MappingInvalid:
            _end(run, "refuse", note="mapping-invalid")
        except NoUnit:
            _end(run, "refuse", note="no-unit")
        except (gate.Refused, PermissionError):
            _end(run, "refuse", note="not-allowed")
        except IllegalMove:
            raise
        except Exception as error:
            # What happened is told by its kind alone: a message may hold values.
            _end(run, "fail", note=type(error).__name__)
            raise
    if run.status == JobStatus.DONE and not run.dry_run and run.arriving is None:
        checking.check_book(run.book)  # what is on its way to us is checked once it is here
    return run


def _end(run: ImportRun, move: str, *, note: str) -> None:
    JOB.move(run, move, {"note": note, "finished_at": clock.now(), "leased_by": None})


def requester(run: ImportRun) -> Actor:
    """Who the run is for, as he stands now; raises when he may not import any more."""
    if run.requested_by is None:
        return actors.system("importer")
    actor = actors.staff(run.requested_by)
    if not gate.may(actor, Action.BOOK_IMPORT):
        raise PermissionError
    return actor


@dataclass
class _Work:
    run: ImportRun
    lease: UUID
    channel: str
    on_progress: Progress
    tally: Tally = field(default_factory=Tally)
    _rows: dict[str, Rows] = field(default_factory=dict)

    def do(self) -> None:
        run = self.run
        actor = requester(run)
        self._log_reading()
        steps = steps_of(run)
        errand = Errand(
            run=run,
            directory=Directory(unit=unit_of(run)),
            seal=Seal(run.book),
            channel=self.channel,
            actor=actor,
        )
        self._resume(steps)
        if run.dry_run:
            self._rehearse(errand, steps)
        else:
            self._walk(errand, steps)
        self._finish()

    def _log_reading(self) -> None:
        """One machine-read entry for the files of the run."""
        digests = b"".join(bytes(file.digest) for file in self.run.files.order_by("pk"))
        gate.permit(
            actors.system("importer"),
            Action.BOOK_IMPORT,
            purpose="import",
            channel=self.channel,
            facts={"run": str(self.run.ref), "files": sha256(digests).hexdigest()},
        )

    def _resume(self, steps: list[Step]) -> None:
        """Read everything once to the end before the first row is written, then go on from the cursor."""
        run = self.run
        if run.total is None or run.dry_run:
            total = sum(sum(1 for _ in step.sheet.rows) for step in steps if step.counts)
            ImportRun.objects.filter(pk=run.pk).update(total=total)
            run.total = total
        if not run.dry_run:
            self.tally = Tally(
                run.kept,
                run.unchanged,
                run.quarantined,
                run.skipped,
                Counter(run.reasons),
                Counter(run.warnings),
                Counter(run.skips),
                {name: Counter(counts) for name, counts in run.sources.items()},
            )

    def _rehearse(self, errand: Errand, steps: list[Step]) -> None:
        with _heart(self.run, self.lease) as beat, transaction.atomic():
            self._walk(errand, steps, beat=beat)
            transaction.set_rollback(True)

    def _walk(
        self, errand: Errand, steps: list[Step], *, beat: Callable[[int], None] | None = None
    ) -> None:
        cursor = {} if errand.run.dry_run else errand.run.cursor
        begun, row = cursor.get("step", 0), cursor.get("row", 0)
        for number, step in enumerate(steps):
            if number < begun:
                continue
            after = row if number == begun else 0
            for rows in _chunks(step, after):
                place = {"step": number, "row": rows[-1][0].number}
                with transaction.atomic():
                    if beat is None:
                        self._hold()
                    tally = self._take(errand, step, rows)
                    if beat is None:
                        self._advance(place, tally)
                    failpoints.hit("import-before-commit")
                self._tell(tally, beat)
                failpoints.hit("import-after-chunk")

    def _take(self, errand: Errand, step: Step, rows: list[tuple[Row, Outcome]]) -> Tally:
        known = Known(errand.run.book, by_row=self._rows_of(errand.run, step))
        if not step.counts:
            return relations.take(errand, known, rows)
        place = Place(
            sheet=step.number,
            mapping=step.mapping,
            headers=step.sheet.headers,
            row_kind=step.row_kind,
        )
        return Chunk(errand, place, known).take(rows)

    def _rows_of(self, run: ImportRun, step: Step) -> Rows | None:
        """Which row of another sheet has which key, read anew because a resumed run has forgotten."""
        name = step.mapping.holders_by_row_of
        if name is None:
            return None
        if name not in self._rows:
            self._rows[name] = rows_named(run, name) or Rows()
        return self._rows[name]

    def _hold(self) -> None:
        """Lock the run for this chunk, if it is still ours."""
        mine = ImportRun.objects.select_for_update().filter(
            pk=self.run.pk,
            leased_by=self.lease,
            status=JobStatus.RUNNING,
            cursor=self.run.cursor,
        )
        if not mine.exists():
            raise IllegalMove

    def _advance(self, place: dict[str, int], tally: Tally) -> None:
        total = Tally()
        total.add(self.tally)
        total.add(tally)
        ImportRun.objects.filter(pk=self.run.pk).update(
            cursor=place, leased_until=clock.now() + LEASE, **_columns(total)
        )
        self.run.cursor = place

    def _tell(self, tally: Tally, beat: Callable[[int], None] | None) -> None:
        self.tally.add(tally)
        for name, value in _columns(self.tally).items():
            setattr(self.run, name, value)
        if beat:
            beat(self.tally.rows_in)
        self.on_progress(self.run)

    def _finish(self) -> None:
        changes = {"finished_at": clock.now(), "leased_by": None, **_columns(self.tally)}
        JOB.move(self.run, "finish", changes)


def _columns(tally: Tally) -> dict[str, object]:
    return {
        "rows_in": tally.rows_in,
        "done": tally.rows_in,
        "kept": tally.kept,
        "unchanged": tally.unchanged,
        "quarantined": tally.quarantined,
        "skipped": tally.skipped,
        "reasons": dict(tally.reasons),
        "warnings": dict(tally.warnings),
        "skips": dict(tally.skips),
        "sources": {name: dict(counts) for name, counts in tally.sources.items()},
    }


def _chunks(step: Step, after: int) -> Iterator[list[tuple[Row, Outcome]]]:
    plan = step.plan(today=clock.local().date())
    rows = step.rows_after(after)
    while batch := list(islice(rows, CHUNK)):
        yield list(zip(batch, plan.read(batch), strict=True))


def rows_named(run: ImportRun, name: str | None) -> Rows | None:
    """Which row of the named sheet has which key, and which rows were refused."""
    if name is None:
        return None
    known, found = Known(run.book), Rows()
    for step in steps_of(run):
        if step.mapping.name != name or not step.counts:
            continue
        for chunk in _chunks(step, 0):
            for row, outcome in chunk:
                if isinstance(outcome, Rejected):
                    found.refused.add(str(row.number))
                elif isinstance(outcome, tuple) and isinstance(outcome[0], CustomerDraft):
                    found.keys[str(row.number)] = known.digest(outcome[0].key)
    return found


class NoUnit(Exception):
    """There is no unit that the customers could belong to."""


def unit_of(run: ImportRun) -> Unit:
    unit = run.unit or Unit.objects.order_by("path").first()
    if unit is None:
        raise NoUnit
    return unit


class _heart:  # noqa: N801  used as a function
    """Keeps the lease of a dry run, whose own transaction nobody else can see."""

    def __init__(self, run: ImportRun, lease: UUID) -> None:
        self._run, self._lease = run, lease

    def __enter__(self) -> Callable[[int], None]:
        self._connection = databases.connect("app", application_name="custodian import")
        return self._beat

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def _beat(self, done: int) -> None:
        with self._connection.cursor() as cursor:
            cursor.execute(
                "UPDATE records_importrun SET done = %s, leased_until = %s"
                " WHERE id = %s AND leased_by = %s AND status = 'running'",
                [done, clock.now() + LEASE, self._run.pk, str(self._lease)],
            )
            if not cursor.rowcount:
                raise IllegalMove
