"""One verification of the log: all of it, or what was added since, with the first entry that is wrong."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import psycopg2
import structlog
from django.conf import settings
from psycopg2 import extensions

from access.querylog.tail import tail_key
from access.verification import children, contexts, counts, join, looks, rolls
from access.verification.children import Range
from access.verification.looks import Lists
from access.verification.outside import Elsewhere, Gathered, Outside, Trusted
from access.verification.walk import MOST_FAULTS, Fault, Place, Walked, is_late, walk
from custodian import databases
from custodian.embedded import Role
from custodian.tlog.verify import TILE, Failed

STRIDE = TILE * 1024  # entries that one child process walks at a time
ROLE: Role = "auditor"
# What rows raise that are not as the product writes them; a lost connection is not among it.
UNREADABLE = (
    *(AttributeError, LookupError, TypeError, ValueError, RecursionError),
    *(psycopg2.DataError, psycopg2.NotSupportedError, psycopg2.ProgrammingError),
)
_log = structlog.get_logger("access")


@dataclass
class Start:
    """Where the run before ended: an index that begins a tile, and the sessions open there."""

    index: int = 0
    sessions: join.Sessions = field(default_factory=dict)


@dataclass
class Report:
    """What was found; `resume` is where the next incremental run begins."""

    since: int
    size: int
    entries: int
    seconds: float
    faults: list[Fault]
    resume: Start

    @property
    def whole(self) -> bool:
        return not self.faults

    @property
    def first(self) -> Fault | None:
        return min(self.faults, key=lambda fault: fault.index, default=None)


def configured(*, note: bytes | None = None, everything: bool = True) -> Outside:
    """What this installation's settings name."""
    policy = settings.CUSTODIAN_LOG_POLICY
    return Outside(
        head=settings.CUSTODIAN_LOG_HEAD,
        store=settings.CUSTODIAN_LOG_STORE if everything else None,
        policy=policy.read_text("utf-8") if policy.exists() else None,
        ask_witnesses=True,
        note=note,
    )


def verify(start: Start, outside: Outside, *, jobs: int = 1, role: Role = ROLE) -> Report:
    """Walk everything from `start` on and hold it against tree, lists, rolls and copies outside."""
    begun, held = time.monotonic(), outside.gather()
    try:
        with _moment(role) as cursor:
            return _Run(cursor, start, outside, jobs, role).run(begun, held)
    except UNREADABLE as error:
        # Nobody may keep the check from its end by what he writes into the rows.
        _log.error("log-unverifiable", reason=type(error).__name__)
        fault = Fault("unverifiable", start.index)
        return Report(start.index, 0, 0, time.monotonic() - begun, [fault], start)


def compare(outside: Outside, *, role: Role = ROLE) -> list[Fault]:
    """The copies alone: whether the tree as it is now contains what each of them holds."""
    held = outside.gather()
    with _moment(role) as cursor:
        return _Run(cursor, Start(), outside, 1, role).elsewhere(held)


@contextmanager
def _moment(role: Role, *, of: str | None = None) -> Iterator[extensions.cursor]:
    """One moment of the database for as long as it takes, whatever is appended meanwhile.

    `of` names another connection's moment.
    """
    connection = databases.connect(role, application_name="custodian verify")
    connection.set_session(readonly=True, autocommit=False, isolation_level="REPEATABLE READ")
    try:
        with connection.cursor() as cursor:
            if of is not None:
                cursor.execute("SET TRANSACTION SNAPSHOT %s", [of])
            yield cursor
    finally:
        connection.close()


class _Run:
    def __init__(
        self, cursor: extensions.cursor, start: Start, outside: Outside, jobs: int, role: Role
    ) -> None:
        self._cursor, self._start, self._outside = cursor, start, outside
        self._jobs, self._role = jobs, role
        cursor.execute("SELECT pg_export_snapshot()")
        (self._snapshot,) = cursor.fetchone() or ("",)
        cursor.execute("SELECT size, announced, min_index FROM querylog.tree")
        self.size, self._announced, self._lowest = cursor.fetchone() or (0, 0, 0)
        cursor.execute("SELECT coalesce(max(id) + 1, 0), coalesce(min(id), 0) FROM querylog.entry")
        self._beyond, self._first_id = cursor.fetchone() or (0, 0)
        self._policy, self._bad_policy = _policy(outside)
        self.resume = Start(max(self.size // TILE * TILE, start.index), dict(start.sessions))
        self.faults: list[Fault] = []
        self.entries = 0
        self._latest = ""
        self._unlisted = 0
        self._gap: int | None = None

    def run(self, begun: float, held: Gathered) -> Report:
        first = self._start.index
        if self.size < first:
            self.faults.append(Fault("entry-missing", self.size))
        else:
            self._entries()
        self.faults += self.elsewhere(held)
        return Report(
            first, self.size, self.entries, time.monotonic() - begun, self.faults, self.resume
        )

    def _entries(self) -> None:
        """The entries, what is computed from them, and what lies beside them, each if it can be read.

        The database compares what it can by itself meanwhile.
        """
        with ThreadPoolExecutor(1) as aside:
            tabled = aside.submit(self._tabled)
            self._walk()
            self.faults += self._tree()
            if not any(fault.code == "leaf-unreadable" for fault in self.faults):
                first, beyond = self._start.index, self._beyond
                context, counted = tabled.result()
                self.faults += filter(None, [context])
                self.faults += looks.gaps(self._cursor, self._unlisted, self._gap, first, beyond)
                # Counts are computed from entries: where those are wrong, they tell nothing new.
                self.faults += filter(None, [counted if not self.faults else None])

    def _walk(self) -> None:
        """Range after range in their order, here or in child processes."""
        ranges = self._ranges()
        if self._jobs == 1 or len(ranges) < 2:
            lists = Lists()
            self._join(walk(*each, lists) for each in ranges)
            return
        with children.walking(ranges, jobs=self._jobs) as walks:
            self._join(walks)

    def _ranges(self) -> list[Range]:
        """Up to where the next run resumes, and the rest."""
        place = Place(databases.url(self._role), tail_key(), self._snapshot)
        borders = sorted({self._start.index, self.resume.index, max(self._beyond, self.size)})
        return [
            (place, low, min(low + STRIDE, high), self.size)
            for start, high in itertools.pairwise(borders)
            for low in range(start, high, STRIDE)
        ]

    def _join(self, walks: Iterable[Walked]) -> None:
        sessions = dict(self._start.sessions)
        for walked in walks:
            sessions, broken = join.sessions(sessions, walked)
            self._take(walked, broken)
            if walked.beyond == self.resume.index:
                self.resume.sessions = dict(sessions)

    def _tabled(self) -> tuple[Fault | None, Fault | None]:
        """What the database itself can hold against the leaves: sealed reasons, and the hourly counts."""
        first, beyond = self._start.index, self._beyond
        with _moment(self._role, of=self._snapshot) as cursor:
            context = contexts.fault(cursor, first, beyond)
            return context, counts.fault(cursor, size=self.size) if first == 0 else None

    def _take(self, walked: Walked, broken: Sequence[Fault]) -> None:
        self.entries += walked.count
        self._unlisted += walked.unlisted
        self._gap = walked.gap if self._gap is None else self._gap
        when, index = walked.oldest
        if walked.latest and is_late(when, after=self._latest):
            self.faults.append(Fault("time-regression", index))
        self.faults += [*walked.faults, *broken]
        self._latest = max(self._latest, walked.latest)
        roots = join.Roots(self._cursor, walked.first // TILE)
        roots.compare(walked.roots)
        self.faults += roots.faults

    def _tree(self) -> Iterator[Fault]:
        if self._first_id < self._lowest:
            yield Fault("entry-before-the-first", self._first_id)
        if self._bad_policy:
            yield Fault("policy-unreadable", self.size)
        since = self._start.index - 1 if self._start.index else 0
        checked = join.checkpoints(self._cursor, self._policy, since=since, size=self.size)
        yield from itertools.islice(checked, MOST_FAULTS)
        if self._policy is not None:
            yield from join.cosignatures(self._cursor, self._policy, since=since)
        yield from rolls.faults(self._cursor, since=self._start.index, size=self.size)

    def elsewhere(self, held: Gathered) -> list[Fault]:
        elsewhere = Elsewhere(self._cursor, self._policy, size=self.size)
        faults = [
            fault
            for each in held.notes
            for fault in elsewhere.faults(each, announced=self._announced)
        ]
        if held.archive is not None:
            since = self._start.index // TILE
            faults += elsewhere.archive(held.archive, since=since, blocks=held.blocks)
        return faults


def _policy(outside: Outside) -> tuple[Trusted | None, bool]:
    try:
        return outside.trust(), False
    except Failed:
        return None, True
