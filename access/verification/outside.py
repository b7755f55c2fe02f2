"""Copies of the head that somebody else holds: only they show a log that was cut, put back or forked."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from psycopg2 import extensions

from access.sequencer.integrate import read_tile
from access.verification.walk import Fault, first_difference
from custodian.tlog import log_key, merkle, monitor
from custodian.tlog.archive import Archive
from custodian.tlog.verify import HASH, TILE, Checkpoint, Failed, Key, Policy


@dataclass(frozen=True)
class Held:
    """What one holder has of the log; `whose` is a code."""

    whose: str
    note: bytes | None


@dataclass(frozen=True)
class Gathered:
    """What all of them have: notes of heads, and so many full bundles in the write-once folder."""

    notes: Sequence[Held]
    archive: Archive | None
    blocks: int


@dataclass
class Trusted(Policy):
    """A policy that still knows the log's former keys, which signed what is old."""

    retired: list[Key] = field(default_factory=list)

    @classmethod
    def read(cls, text: str) -> Trusted:
        return cls(**vars(Policy.parse(text)), retired=log_key.retired(text))

    def log_time_then(self, checkpoint: Checkpoint) -> int:
        """When the log signed, with a key that is good or was; `Tampered` unless one of them did."""
        return Policy(logs=[*self.logs, *self.retired]).log_time(checkpoint)


@dataclass(frozen=True)
class Outside:
    """Who holds copies: the head file, the write-once folder, witnesses, whoever brings a note."""

    head: Path | None = None
    store: Path | None = None
    policy: str | None = None
    ask_witnesses: bool = False
    note: bytes | None = None

    def gather(self) -> Gathered:
        """Read before the database is, so that what grows meanwhile is not taken for a roll-back."""
        held = [Held("yours", self.note)] if self.note is not None else []
        if self.head is not None:
            held.append(Held("head", self.head.read_bytes() if self.head.exists() else None))
        held += self._asked() if self.ask_witnesses else []
        archive = Archive(self.store) if self.store else None
        return Gathered(held, archive, archive.blocks() if archive else 0)

    def trust(self) -> Trusted | None:
        """Raises `Failed` when the policy cannot be read."""
        return None if self.policy is None else Trusted.read(self.policy)

    def _asked(self) -> list[Held]:
        """A witness that does not answer proves nothing."""
        try:
            policy = self.trust()
        except Failed:
            return []
        if policy is None or not policy.logs:
            return []
        origin = policy.logs[0].name
        asked = {name: monitor.latest(url, origin) for name, url in policy.urls.items()}
        return [Held(f"witness-{name}", note) for name, note in asked.items() if note is not None]


def is_of_a_copy(code: str) -> bool:
    """Whether a fault is about a holder: its index is then the end of the log, which moves."""
    return code.startswith(("archive-", "head-", "policy-", "witness-", "yours-"))


class Elsewhere:
    """The tree in the database, held against what others hold."""

    def __init__(self, cursor: extensions.cursor, policy: Trusted | None, *, size: int) -> None:
        self._cursor = cursor
        self._policy = policy
        self._size = size

    def faults(self, held: Held, *, announced: int) -> Iterator[Fault]:
        """A head that was announced must be contained in the tree of now."""
        if held.note is None:
            if announced:
                yield Fault(f"{held.whose}-missing", self._size)
            return
        try:
            known = Checkpoint.parse(held.note)
            if self._policy is not None:
                self._policy.log_time_then(known)
        except Failed:
            yield Fault(f"{held.whose}-unreadable", self._size)
            return
        if known.size > self._size:
            yield Fault(f"{held.whose}-ahead", self._size)
        elif known.size and self._root(known.size) != known.root:
            yield Fault(f"{held.whose}-forked", known.size - 1)

    def archive(self, archive: Archive, *, since: int, blocks: int) -> Iterator[Fault]:
        """Every tile of leaves that lay in the write-once folder is the database's, as far as that goes."""
        if blocks > self._size // TILE:
            yield Fault("archive-ahead", self._size)
        for block in range(since, min(blocks, -(-self._size // TILE))):
            width = min(self._size - block * TILE, TILE) * HASH
            theirs = (archive.read_tile(0, block) or b"")[:width]
            mine = read_tile(self._cursor, 0, block)[:width]
            if theirs != mine:
                yield Fault("archive-differs", block * TILE + first_difference(mine, theirs))
                return

    def _root(self, size: int) -> bytes:
        try:
            return merkle.root(size, lambda level, at: read_tile(self._cursor, level, at))
        except merkle.Absent:
            return b""
