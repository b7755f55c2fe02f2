"""One verification of the log: all of it, or what was added since, with the first entry that is wrong."""

from __future__ import annotations

import itertools
import multiprocessing
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from django.conf import settings
from psycopg2 import extensions

from access.verification import join, looks, marks, rolls
from access.verification.outside import Elsewhere, Held, Outside
from access.verification.walk import Fault, Walked, seconds_between, walk
from custodian import databases
from custodian.embedded import Role
from custodian.tlog.archive import Archive
from custodian.tlog.verify import SKEW, TILE, Failed, Policy

STRIDE = TILE * 1024  # entries that one child process walks at a time
ROLE: Role = "auditor"


@dataclass
class Start:
    """Where the run before ended: an index that begins a tile, the sessions open there, rows not listed."""

    index: int = 0
    sessions: join.Sessions = field(default_factory=dict)
    missing: int = 0


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
    begun = time.monotonic()
    held = outside.gather()
    blocks = Archive(outside.store).blocks() if outside.store else 0
    connection = databases.connect(role, application_name="custodian verify")
    # One moment of the tree for the whole run, whatever is appended meanwhile.
    connection.set_session(readonly=True, autocommit=False, isolation_level="REPEATABLE READ")
    try:
        with connection.cursor() as cursor:
            return _Run(cursor, start, outside, jobs, databases.url(role)).run(begun, held, blocks)
    finally:
        connection.close()


class _Run:
    def __init__(
        self, cursor: extensions.cursor, start: Start, outside: Outside, jobs: int, url: str
    ) -> None:
        self._cursor, self._start, self._outside = cursor, start, outside
        self._jobs, self._url = jobs, url
        cursor.execute("SELECT size, announced, min_index FROM querylog.tree")
        self.size, self._announced, self._lowest = cursor.fetchone() or (0, 0, 0)
        cursor.execute("SELECT coalesce(max(id) + 1, 0), coalesce(min(id), 0) FROM querylog.entry")
        self._beyond, self._first_id = cursor.fetchone() or (0, 0)
        self._policy, self._bad_policy = _policy(outside)
        self.resume = Start(max(self.size // TILE * TILE, start.index))
        self.faults: list[Fault] = []
        self.entries = 0
        self._latest = ""

    def run(self, begun: float, held: Sequence[Held], blocks: int) -> Report:
        first = self._start.index
        sessions = dict(self._start.sessions)
        for walked in self._walked():
            sessions, broken = join.sessions(sessions, walked)
            self._take(walked, broken)
            if walked.beyond == self.resume.index:
                self.resume.sessions = dict(sessions)
        if not self.entries and self.resume.index == first:
            self.resume.sessions = sessions
        self.faults += self._tree()
        self.faults += self._beside(first)
        self.faults += self._elsewhere(held, blocks)
        return Report(
            first, self.size, self.entries, time.monotonic() - begun, self.faults, self.resume
        )

    def _walked(self) -> Iterator[Walked]:
        """Ranges in their order: up to where the next run resumes, and the rest."""
        borders = sorted({self._start.index, self.resume.index, max(self._beyond, self.size)})
        ranges = [
            (low, min(low + STRIDE, high), self.size)
            for start, high in itertools.pairwise(borders)
            for low in range(start, high, STRIDE)
        ]
        if self._jobs == 1 or len(ranges) == 1:
            yield from (walk(self._url, *each) for each in ranges)
            return
        context = multiprocessing.get_context("spawn")
        with ProcessPoolExecutor(self._jobs, mp_context=context) as pool:
            yield from pool.map(walk, [self._url] * len(ranges), *zip(*ranges, strict=True))

    def _take(self, walked: Walked, broken: Sequence[Fault]) -> None:
        self.faults += [*walked.faults, *broken]
        self.entries += walked.count
        if walked.latest < self._latest and _late(walked.latest, self._latest):
            self.faults.append(Fault("time-regression", walked.first))
        self._latest = max(self._latest, walked.latest)
        roots = join.Roots(self._cursor, walked.first // TILE)
        roots.compare(walked.roots)
        self.faults += roots.faults

    def _tree(self) -> Iterator[Fault]:
        if self._first_id < self._lowest:
            yield Fault("entry-before-the-first", self._first_id)
        if self._bad_policy:
            yield Fault("policy-unreadable", self.size)
        if any(fault.code == "leaf-not-tile" for fault in self.faults):
            return  # the tree cannot be computed from entries that are not in it
        since = self._start.index - 1 if self._start.index else 0
        yield from join.checkpoints(self._cursor, self._policy, since=since, size=self.size)
        yield from rolls.faults(self._cursor, since=self._start.index, size=self.size)

    def _beside(self, first: int) -> Iterator[Fault]:
        yield from looks.columns(first, self._beyond)
        yield from looks.contexts(first, self._beyond)
        yield from marks.faults(first, self._beyond)
        erased = looks.erased()
        altered, missing = looks.listed(first, self.resume.index)
        tail, tail_missing = looks.listed(self.resume.index, self._beyond)
        yield from [*altered, *tail]
        self.resume.missing = self._start.missing + missing
        if not erased <= self.resume.missing + tail_missing <= looks.erased():
            yield Fault("looks-missing", looks.first_unlisted(0, self._beyond))

    def _elsewhere(self, held: Sequence[Held], blocks: int) -> Iterator[Fault]:
        elsewhere = Elsewhere(self._cursor, self._policy, size=self.size)
        for each in held:
            yield from elsewhere.faults(each, announced=self._announced)
        if self._outside.store is not None:
            yield from elsewhere.archive(self._outside.store, blocks=blocks)


def _policy(outside: Outside) -> tuple[Policy | None, bool]:
    try:
        return outside.trust(), False
    except Failed:
        return None, True


def _late(early: str, late: str) -> bool:
    return bool(early) and seconds_between(early, late) > SKEW
