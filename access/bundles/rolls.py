"""The two rolls between which an operator's entries cannot be left out, as a bundle hands them over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from psycopg2 import extensions

from access.bundles.selecting import Range
from access.sequencer.rolls import NIL, Record, hashes_of, records_at
from custodian.tlog import merkle
from custodian.tlog.tiles import Edge

_BEFORE = (
    "SELECT upto, leaf, root FROM querylog.roll WHERE upto <= %s AND leaf < %s"
    " ORDER BY upto DESC LIMIT 1"
)
_AFTER = (
    "SELECT upto, leaf, root FROM querylog.roll WHERE upto >= %s AND leaf < %s"
    " ORDER BY upto LIMIT 1"
)
_HIDDEN = (
    "SELECT id FROM querylog.entry WHERE actor = %s::uuid AND id >= %s AND id < %s"
    " AND NOT (id >= %s AND id < %s) ORDER BY id"
)


@dataclass
class Shown:
    """What rolls.json says, the entries it needs, and the blocks whose leaf hashes it needs."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    leaves: set[int] = field(default_factory=set)
    blocks: set[int] = field(default_factory=set)


@dataclass(frozen=True)
class _Roll:
    upto: int
    leaf: int
    root: bytes


def shown(
    cursor: extensions.cursor, operators: Sequence[UUID], found: Range, *, size: int
) -> Shown:
    """For each operator the roll before the range and the one after it, or the newest there is."""
    end = _one(cursor, _AFTER, found.beyond, size) or _one(cursor, _BEFORE, size, size)
    # Its own entry lies before the range as well: it shows that what it counted is older than the period.
    start = _one(cursor, _BEFORE, found.first, found.first)
    result = Shown()
    if end is None or end.upto <= found.first:
        return result
    later = records_at(cursor, end.upto)
    earlier = records_at(cursor, start.upto) if start else {}
    for actor in sorted(map(str, operators)):
        if actor in later:
            begin = start if actor in earlier else None
            low = begin.upto if begin else 0
            cursor.execute(_HIDDEN, [actor, low, end.upto, found.first, found.beyond])
            hidden = [row[0] for row in cursor.fetchall()]
            result.rows.append(
                {
                    "actor": actor,
                    "from": _side(begin, earlier, actor),
                    "to": _side(end, later, actor),
                    "hidden": hidden,
                }
            )
            result.leaves |= {end.leaf, *([begin.leaf] if begin else [])}
            # The nearest on either side are handed over: their times lie outside the period.
            result.leaves |= {*[at for at in hidden if at < found.first][-1:]}
            result.leaves |= {*[at for at in hidden if at >= found.beyond][:1]}
            result.blocks |= {index // 256 for index in hidden}
    return result


def _one(cursor: extensions.cursor, sql: str, upto: int, size: int) -> _Roll | None:
    cursor.execute(sql, [upto, size])
    row = cursor.fetchone()
    return _Roll(int(row[0]), int(row[1]), bytes(row[2])) if row else None


def _side(roll: _Roll | None, records: dict[str, Record], actor: str) -> dict[str, Any]:
    if roll is None:
        return {"leaf": None, "upto": 0, "count": 0, "chain": NIL.hex()}
    place, people = sorted(records).index(actor), len(records)
    edge = Edge()
    tiles = {(tile.level, tile.index): tile.data for tile in edge.grow(hashes_of(records))}
    path = merkle.inclusion(place, people, lambda level, index: tiles[level, index])
    return {
        "leaf": roll.leaf,
        "upto": roll.upto,
        "count": records[actor].count,
        "chain": records[actor].chain.hex(),
        "root": roll.root.hex(),
        "place": place,
        "people": people,
        "proof": [each.hex() for each in path],
    }
