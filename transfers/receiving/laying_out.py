"""Goes through a package once: every frame opens, every record is checked, and nothing of it goes on.

A leased job. What it learns of a record are counts and codes; the values stay sealed in the package, which is
the quarantine. Killed at any moment it goes on from the last segment that the database knows of.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.db import transaction

from access import actors, scopes
from custodian import clock, failpoints
from custodian.errors import CustodianError
from custodian.jobs import JOB
from custodian.workflow import IllegalMove
from transfers import faults
from transfers.models import Arrival, ArrivedRecord, Transfer
from transfers.packages import one_time, shelf
from transfers.packages.errors import PackageRefused
from transfers.packages.header import Header
from transfers.packages.layout import Frame
from transfers.packages.manifest import Line, Manifest
from transfers.packages.reading import Opened, Package, Position
from transfers.packages.record import FilePart, Record
from transfers.packages.tree import Frontier
from transfers.receiving import checking, comparing

ACTOR: Final = "receiver"
MOST_IN_A_SEGMENT: Final = 5_000
OnProgress = Callable[[Arrival], None]


def silent(arrival: Arrival) -> None:
    """Nobody watches."""


def work(pk: int, *, on_progress: OnProgress = silent) -> Arrival:
    """Lay a package out, or what is left of it. A package that breaks its word is refused as a whole."""
    with scopes.acting(actors.system(ACTOR)):
        rows = Arrival.objects.select_related("transfer", "invitation")
        arrival: Arrival = rows.get(pk=pk)
        lease = arrival.claim()
        try:
            _LayOut(arrival, lease, on_progress).do()
        except PackageRefused as refused:
            refuse(arrival, refused.reason)
            raise
        except IllegalMove:
            raise
        except Exception as error:
            note = error.code if isinstance(error, CustodianError) else type(error).__name__
            with transaction.atomic():
                ended = {"note": note, "finished_at": clock.now(), "leased_by": None}
                JOB.move(arrival, "fail", ended)
                faults.job_failed(arrival, "lay-out", note=note)
            raise
    return arrival


def refuse(arrival: Arrival, reason: str) -> None:
    """Nothing of it counts any more, and its key is gone: the file opens for nobody."""
    with transaction.atomic():
        changes = {
            "stage": Arrival.Stage.REFUSED,
            "note": reason,
            "finished_at": clock.now(),
            "leased_by": None,
            "secret_sealed": None,
        }
        JOB.move(arrival, "refuse", changes)
        faults.refused(reason, str(arrival.package), transfer=arrival.transfer, entry=None)
        arrival.records.all().delete()
        one_time.forget(arrival.holding)
        path = shelf.path_of(shelf.IN, arrival.ref)
        transaction.on_commit(lambda: shelf.remove(path))


@dataclass
class _Awaited:
    """The files that the record before announced, and how much of the first has come."""

    files: list[FilePart] = field(default_factory=list)
    came: int = 0

    def begin(self, record: Record) -> None:
        self.require_none()
        self.files = [each for each in record.pieces if each.size]

    def take(self, piece: bytes) -> None:
        if not self.files:
            raise PackageRefused("record")
        self.came += len(piece)
        if self.came > self.files[0].size:
            raise PackageRefused("record")
        if self.came == self.files[0].size:
            self.files, self.came = self.files[1:], 0

    def require_none(self) -> None:
        if self.files:
            raise PackageRefused("record")


class _LayOut:
    def __init__(self, arrival: Arrival, lease: UUID, on_progress: OnProgress) -> None:
        self.arrival, self.lease, self.on_progress = arrival, lease, on_progress
        self.checks = checking.Checks()
        cursor = arrival.cursor
        self.leaves = Frontier.load(cursor.get("records", 0), cursor.get("leaves", ()))
        self.begin = Position(**cursor["begin"]) if "begin" in cursor else None
        self.rows: list[ArrivedRecord] = []
        self.awaited = _Awaited()
        self.lines, self.line_digest = 0, sha256()
        self.comparison = comparing.Comparison(arrival)

    def do(self) -> None:
        for opened in self._frames():
            if self._is_at_a_seam(opened):
                self._commit(opened.begins)
            self._take(opened)

    def _is_at_a_seam(self, opened: Opened) -> bool:
        """Records end where a segment does; the inventory and the manifest are read in one go."""
        if opened.kind is Frame.FILE or (opened.kind is not Frame.RECORD and self.lines):
            return False
        if opened.begins != self.begin:
            return True
        if opened.kind is not Frame.RECORD or len(self.rows) > MOST_IN_A_SEGMENT:
            raise PackageRefused("does-not-open")
        return False

    def _frames(self) -> Iterator[Opened]:
        arrival = self.arrival
        secret = one_time.release(arrival.holding, arrival.secret_sealed)
        with shelf.path_of(shelf.IN, arrival.ref).open("rb") as file:
            yield from package_of(arrival).frames(file, secret, begin=self.begin)

    def _take(self, opened: Opened) -> None:
        if opened.kind is Frame.RECORD:
            self._record(opened)
        elif opened.kind is Frame.FILE:
            self.awaited.take(opened.body)
        elif opened.kind is Frame.LINE:
            self._line(opened.body)
        else:
            self._manifest(opened.body)

    def _record(self, opened: Opened) -> None:
        record = Record.read(opened.body)
        self.awaited.begin(record)
        self.rows.append(
            ArrivedRecord(
                arrival=self.arrival,
                transfer=self.arrival.transfer,
                ref=record.ref,
                place=self.leaves.size,
                leaf=opened.leaf,
                counts=self.comparison.counts_of(record),
                problems=self.checks.of(record),
            )
        )
        self.leaves.add_hash(opened.leaf)

    def _line(self, body: bytes) -> None:
        self.awaited.require_none()
        line = Line.read(body)
        self.line_digest.update(body)
        self.lines += 1
        self.comparison.take(line)

    def _commit(self, begin: Position) -> None:
        """Everything before this segment counts."""
        self.awaited.require_none()
        failpoints.hit("lay-out-before-commit")
        with transaction.atomic():
            _replace_earlier(self.rows)
            ArrivedRecord.objects.bulk_create(self.rows)
            cursor = {
                "begin": vars(begin),
                "records": self.leaves.size,
                "leaves": self.leaves.dump(),
            }
            self.arrival.keep(self.lease, cursor=cursor, done=self.leaves.size)
        failpoints.hit("lay-out-after-commit")
        self.rows, self.begin = [], begin
        self.on_progress(self.arrival)

    def _manifest(self, body: bytes) -> None:
        manifest = Manifest.read(body)
        said = (manifest.records, manifest.root, manifest.lines, manifest.lines_sha256)
        found = (
            self.leaves.size,
            self.leaves.root.hex(),
            self.lines,
            self.line_digest.hexdigest(),
        )
        if said != found:
            raise PackageRefused("manifest")
        with transaction.atomic():
            self.comparison.finish(manifest)
            self.arrival.keep(self.lease, manifest=manifest.said(), records_root=manifest.root)
            changes = {
                "stage": Arrival.Stage.LAID_OUT,
                "finished_at": clock.now(),
                "leased_by": None,
                "total": manifest.records,
                "done": manifest.records,
            }
            JOB.move(self.arrival, "finish", changes)
            faults.job_done(self.arrival, "lay-out")
            _tell_differences(self.arrival.transfer)


def _tell_differences(transfer: Transfer) -> None:
    """Of each package what still differs; a later one may have put right what an earlier one left."""
    for arrival in transfer.arrivals.filter(stage=Arrival.Stage.LAID_OUT):
        count = arrival.differences.filter(settled_at=None).count()
        cause = f"differences:{arrival.ref}"
        if count:
            faults.differing(transfer, cause, number=arrival.number, count=count)
        else:
            faults.gone(cause)


def _replace_earlier(rows: list[ArrivedRecord]) -> None:
    """A customer who comes once more counts once: as she is in the later package."""
    if rows:
        earlier = ArrivedRecord.objects.filter(
            transfer=rows[0].transfer, ref__in=[each.ref for each in rows], current=True
        )
        earlier.update(current=False)


def package_of(arrival: Arrival) -> Package:
    """The package as it was verified when it came; its secret is kept beside it and not read from it."""
    header = Header.of_said(arrival.header)
    return Package.known(header, size=arrival.size)
