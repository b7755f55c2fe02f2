"""The roll of operators: how many entries each one has so far, and one hash over all of them.

A roll's root stands in the log as an entry. Between two rolls nobody can leave out an operator's entry
from what he hands over: count and chain would not fit (`custodian.tlog.verify.Roll`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from psycopg2 import extensions
from psycopg2.extras import execute_values

from custodian.tlog.tiles import Edge
from custodian.tlog.verify import HASH, leaf_hash, roll_link, roll_record

PAGE = 20_000
NIL = bytes(HASH)
_RECORDS = (
    "SELECT DISTINCT ON (actor) actor::text, count, chain FROM querylog.roll_record"
    " WHERE upto <= %s ORDER BY actor, upto DESC"
)
_SINCE = "SELECT id, actor::text, leaf FROM querylog.entry WHERE id >= %s AND id < %s ORDER BY id LIMIT %s"


class EntryMissing(Exception):
    """An entry that is in the tree is not in the table."""


@dataclass(frozen=True)
class Record:
    count: int = 0
    chain: bytes = NIL


@dataclass
class Rolls:
    """The running state below index `upto`; since the last roll: who has entries, and if one is asked for."""

    upto: int = 0
    last: int = 0
    records: dict[str, Record] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    asked: bool = False
    at: datetime | None = None  # when the last roll was taken

    def take(self, actor: str, digest: bytes) -> None:
        before = self.records.get(actor) or Record()
        self.records[actor] = Record(before.count + 1, roll_link(before.chain, digest))
        self.changed.add(actor)
        self.upto += 1

    def root(self) -> bytes:
        return root_of(self.records)

    def taken(self) -> None:
        self.last, self.changed, self.asked = self.upto, set(), False


def asks(leaf: str) -> bool:
    """Whether the entry asks for a roll, as a bundle's does by a fact; within a text quotes are escaped."""
    return '"roll":' in leaf


def root_of(records: Mapping[str, Record]) -> bytes:
    edge = Edge()
    edge.grow(hashes_of(records))
    return edge.root()


def hashes_of(records: Mapping[str, Record]) -> list[bytes]:
    """The leaves of a roll's tree, in the order of the operators' references."""
    return [
        leaf_hash(roll_record(actor, record.count, record.chain))
        for actor, record in sorted(records.items())
    ]


def records_at(cursor: extensions.cursor, upto: int) -> dict[str, Record]:
    """What each operator had at the roll below `upto`."""
    cursor.execute(_RECORDS, [upto])
    return {actor: Record(count, bytes(chain)) for actor, count, chain in cursor.fetchall()}


def load(cursor: extensions.cursor, *, size: int) -> Rolls:
    """The state of a tree of `size` entries: the last roll, and the entries since.

    Raises `EntryMissing` when one of those is not there.
    """
    cursor.execute("SELECT coalesce(max(upto), 0), max(taken_at) FROM querylog.roll")
    last, at = cursor.fetchone() or (0, None)
    rolls = Rolls(last, last, records_at(cursor, last), at=at)
    while rolls.upto < size:
        cursor.execute(_SINCE, [rolls.upto, size, PAGE])
        rows = cursor.fetchall()
        for index, actor, leaf in rows:
            if index != rolls.upto:
                raise EntryMissing
            rolls.take(actor, leaf_hash(leaf.encode()))
            rolls.asked |= asks(leaf)
        if not rows:
            raise EntryMissing
    return rolls


def save(cursor: extensions.cursor, rolls: Rolls, *, leaf: int, root: bytes) -> None:
    """Keep the roll whose entry is `leaf`, with the records that changed."""
    cursor.execute(
        "INSERT INTO querylog.roll (upto, leaf, people, root, taken_at)"
        " VALUES (%s, %s, %s, %s, clock_timestamp())",
        [rolls.upto, leaf, len(rolls.records), root],
    )
    rows: Sequence[tuple[object, ...]] = [
        (actor, rolls.upto, rolls.records[actor].count, rolls.records[actor].chain)
        for actor in sorted(rolls.changed)
    ]
    execute_values(
        cursor,
        "INSERT INTO querylog.roll_record (actor, upto, count, chain) VALUES %s",
        rows,
        page_size=1000,
    )
