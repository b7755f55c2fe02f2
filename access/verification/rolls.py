"""Whether every roll says what the entries before it say."""

from __future__ import annotations

from collections.abc import Iterator

from psycopg2 import extensions

from access.sequencer.integrate import read_tile
from access.sequencer.rolls import Rolls, load
from access.verification.walk import Fault
from custodian.tlog.verify import HASH, TILE

PAGE = 20_480
_ROLLS = "SELECT upto, leaf, people, root FROM querylog.roll WHERE upto > %s AND upto <= %s ORDER BY upto"
_ACTORS = "SELECT actor::text FROM querylog.entry WHERE id >= %s AND id < %s ORDER BY id"
_SAID = """
SELECT leaf::jsonb ->> 'root', (leaf::jsonb ->> 'upto')::bigint
FROM querylog.entry WHERE id = %s AND act = 'roll'
"""


def faults(cursor: extensions.cursor, *, since: int, size: int) -> Iterator[Fault]:
    """Count again from the roll that the run before ended with; 0 counts from the beginning."""
    cursor.execute("SELECT coalesce(max(upto), 0) FROM querylog.roll WHERE upto <= %s", [since])
    (start,) = cursor.fetchone() or (0,)
    state = load(cursor, size=start) if start else Rolls()
    cursor.execute(_ROLLS, [start, size])
    for upto, leaf, people, root in cursor.fetchall():
        _count(cursor, state, upto)
        cursor.execute(_SAID, [leaf])
        if (state.root(), len(state.records)) != (bytes(root), people) or (
            cursor.fetchone() != (bytes(root).hex(), upto)
        ):
            yield Fault("roll-not-its-entries", leaf)
            return


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
