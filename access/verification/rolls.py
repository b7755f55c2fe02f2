"""Whether every roll says what the entries before it say, and every entry of a roll has its roll."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
from psycopg2 import extensions

from access.sequencer.integrate import read_tile
from access.sequencer.rolls import Record, Rolls, records_at
from access.verification.walk import Fault
from custodian.tlog.verify import HASH, TILE

PAGE = 20_480
_ROLLS = "SELECT upto, leaf, people, root FROM querylog.roll WHERE upto > %s AND upto <= %s ORDER BY upto"
_RECORDS = "SELECT actor::text, count, chain FROM querylog.roll_record WHERE upto = %s"
_ACTORS = "SELECT actor::text FROM querylog.entry WHERE id >= %s AND id < %s ORDER BY id"
_SAID = "SELECT leaf FROM querylog.entry WHERE id = %s AND act = 'roll'"
_UNLISTED = """
SELECT min(e.id) FROM querylog.entry e
LEFT JOIN querylog.roll r ON r.leaf = e.id AND r.upto >= greatest(%s, 1) AND r.upto <= e.id
WHERE e.id >= %s AND e.id < %s AND e.act = 'roll' AND r.leaf IS NULL
"""


class Said(msgspec.Struct, gc=False):
    """What the entry of a roll says."""

    root: str = ""
    upto: int = -1
    people: int = -1


def faults(cursor: extensions.cursor, *, since: int, size: int) -> Iterator[Fault]:
    """Count again from the roll that the run before ended with; 0 counts from the beginning."""
    cursor.execute("SELECT coalesce(max(upto), 0) FROM querylog.roll WHERE upto <= %s", [since])
    (start,) = cursor.fetchone() or (0,)
    state = Rolls(start, start, records_at(cursor, start)) if start else Rolls()
    cursor.execute(_ROLLS, [start, size])
    for upto, leaf, people, root in cursor.fetchall():
        _count(cursor, state, upto)
        mine = Said(state.root().hex(), state.upto, len(state.records))
        rows = [Said(bytes(root).hex(), upto, people), _written(cursor, leaf)]
        if rows != [mine, mine] or not _is_kept(cursor, state):
            yield Fault("roll-not-its-entries", leaf)
            return
        state.taken()
    cursor.execute(_UNLISTED, [start, since, size])
    (unlisted,) = cursor.fetchone() or (None,)
    if unlisted is not None:
        yield Fault("roll-not-its-entries", unlisted)


def _written(cursor: extensions.cursor, leaf: int) -> Said | None:
    cursor.execute(_SAID, [leaf])
    row = cursor.fetchone()
    try:
        return msgspec.json.decode(row[0], type=Said) if row else None
    except msgspec.DecodeError:
        return None


def _is_kept(cursor: extensions.cursor, state: Rolls) -> bool:
    """The roll's own rows are the operators with entries since the roll before, and no others."""
    cursor.execute(_RECORDS, [state.upto])
    kept = {actor: Record(count, bytes(chain)) for actor, count, chain in cursor.fetchall()}
    return kept == {actor: state.records[actor] for actor in state.changed}


def _count(cursor: extensions.cursor, state: Rolls, upto: int) -> None:
    while state.upto < upto:
        low, high = state.upto, min(upto, (state.upto // TILE + PAGE // TILE) * TILE)
        cursor.execute(_ACTORS, [low, high])
        actors = [row[0] for row in cursor.fetchall()]
        hashes = b"".join(
            read_tile(cursor, 0, block) for block in range(low // TILE, -(-high // TILE))
        )
        skip = low % TILE
        for at, actor in enumerate(actors, skip):
            state.take(actor, hashes[at * HASH : (at + 1) * HASH])
        if state.upto != high:
            return
