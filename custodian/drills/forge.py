"""What a superuser of the database can do to its log, and to its signatures whoever holds a key."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from psycopg2 import extensions
from psycopg2.extras import execute_values

from access.sequencer.integrate import read_tile
from custodian.tlog import merkle
from custodian.tlog.notes import Signer, sign_checkpoint
from custodian.tlog.tiles import Edge
from custodian.tlog.verify import canonical, leaf_hash

Change = Callable[[dict[str, Any]], None]
_GUARDS = (
    "SELECT tgrelid::regclass::text, tgname FROM pg_trigger"
    " WHERE NOT tgisinternal AND tgname IN ('keep_all', 'keep_rows', 'keep_order')"
)
_COUNTS = """
DELETE FROM querylog.hourly;
INSERT INTO querylog.hourly (hour, actor, unit, act, purpose, outcome, channel, count, shown)
SELECT date_trunc('hour', ts), actor, unit, act, purpose, outcome, channel,
       count(*), count(*) FILTER (WHERE subjects > 0)
FROM querylog.entry GROUP BY 1, 2, 3, 4, 5, 6, 7
"""
# Everything as it was when the tree had so many entries.
_PUT_BACK = """
DELETE FROM querylog.subject_access WHERE entry_id >= %(size)s;
DELETE FROM querylog.context WHERE entry_id >= %(size)s;
DELETE FROM querylog.roll_record WHERE upto IN (SELECT upto FROM querylog.roll WHERE leaf >= %(size)s);
DELETE FROM querylog.roll WHERE leaf >= %(size)s;
DELETE FROM querylog.entry WHERE id >= %(size)s;
DELETE FROM querylog.checkpoint WHERE size > %(size)s;
SELECT setval('querylog.entry_id', %(size)s, false);
"""
_LEAVE_OUT = """
CREATE TEMP TABLE kept AS
SELECT id AS was, %(first)s - 1 + row_number() OVER (ORDER BY id) AS id, ts, written_at, leaf, tags
FROM querylog.entry WHERE id >= %(first)s AND leaf::jsonb ->> 'w' IS DISTINCT FROM %(session)s;
CREATE TEMP TABLE looks AS
SELECT subject, kept.id FROM querylog.subject_access JOIN kept ON entry_id = was;
CREATE TEMP TABLE reasons AS
SELECT kept.id, body_sealed FROM querylog.context JOIN kept ON entry_id = was;
DELETE FROM querylog.subject_access WHERE entry_id >= %(first)s;
DELETE FROM querylog.context WHERE entry_id >= %(first)s;
DELETE FROM querylog.entry WHERE id >= %(first)s;
INSERT INTO querylog.entry (id, ts, written_at, leaf, tags)
SELECT id, ts, written_at, leaf, tags FROM kept ORDER BY id;
INSERT INTO querylog.subject_access SELECT * FROM looks;
INSERT INTO querylog.context SELECT * FROM reasons;
"""


def take_off_the_guards(cursor: extensions.cursor) -> None:
    """Switch every guard of the log off, as its owner or a superuser can."""
    _guards(cursor, "DISABLE")


def put_on_the_guards(cursor: extensions.cursor) -> None:
    """Put those of the original on again as they were: always, whatever the session says."""
    _guards(cursor, "ENABLE ALWAYS")


def _guards(cursor: extensions.cursor, state: str) -> None:
    cursor.execute(_GUARDS)
    for table, name in cursor.fetchall():
        cursor.execute(f"ALTER TABLE {table} {state} TRIGGER {name}")


def edited(leaf: str, change: Change) -> str:
    said = json.loads(leaf)
    change(said)
    return canonical(said)


def rewrite(cursor: extensions.cursor, index: int, change: Change) -> None:
    """Change an entry, and number and link those of its session after it anew. The marks stay as they are."""
    cursor.execute("SELECT leaf::jsonb ->> 'w' FROM querylog.entry WHERE id = %s", [index])
    (session,) = cursor.fetchone() or (None,)
    cursor.execute(
        "SELECT id, leaf FROM querylog.entry WHERE id >= %s AND leaf::jsonb ->> 'w' = %s ORDER BY id",
        [index, session],
    )
    link = ""
    for at, before in cursor.fetchall():
        after = edited(before, change if at == index else lambda said: said.update(wp=link))  # noqa: B023
        link = leaf_hash(after.encode())[:8].hex()
        cursor.execute("UPDATE querylog.entry SET leaf = %s WHERE id = %s", [after, at])


def put_back(cursor: extensions.cursor, size: int) -> None:
    cursor.execute(_PUT_BACK, {"size": size})
    grow(cursor)


def leave_out(cursor: extensions.cursor, session: str, *, first: int, signer: Signer) -> None:
    """Take out a session, which begins at `first`, and sign the log anew as if it had never been."""
    cursor.execute(
        "SELECT c.size, c.made_at, (SELECT count(*) FROM querylog.entry e"
        " WHERE e.id < c.size AND leaf::jsonb ->> 'w' IS DISTINCT FROM %s)"
        " FROM querylog.checkpoint c WHERE c.size > %s ORDER BY c.size",
        [session, first],
    )
    heads = cursor.fetchall()
    cursor.execute(_LEAVE_OUT, {"first": first, "session": session})
    cursor.execute("DELETE FROM querylog.checkpoint WHERE size > %s", [first])
    grow(cursor)
    for _, made_at, size in heads:
        sign(cursor, signer, size=size, made_at=made_at)


def grow(cursor: extensions.cursor) -> int:
    """The whole tree, and the counts, over the entries as they lie now; its size."""
    cursor.execute("SELECT leaf FROM querylog.entry ORDER BY id")
    edge = Edge()
    tiles = edge.grow([leaf_hash(leaf.encode()) for (leaf,) in cursor.fetchall()])
    cursor.execute("DELETE FROM querylog.tile")
    execute_values(
        cursor,
        "INSERT INTO querylog.tile (level, index, width, data) VALUES %s",
        [(tile.level, tile.index, tile.width, tile.data) for tile in tiles],
    )
    cursor.execute(_COUNTS)
    cursor.execute(
        "UPDATE querylog.tree SET size = %s, announced = least(announced, %s)",
        [edge.size, edge.size],
    )
    return edge.size


def sign(cursor: extensions.cursor, signer: Signer, *, size: int, made_at: datetime) -> None:
    """A checkpoint over the tree as it lies now."""
    root = merkle.root(size, lambda level, index: read_tile(cursor, level, index))
    cursor.execute(
        "INSERT INTO querylog.checkpoint (size, root, note, made_at) VALUES (%s, %s, %s, %s)",
        [size, root, _note(signer, size, root, made_at), made_at],
    )


def sign_anew(cursor: extensions.cursor, signer: Signer) -> None:
    """Another key under every checkpoint."""
    cursor.execute("SELECT size, root, made_at FROM querylog.checkpoint")
    for size, root, made_at in cursor.fetchall():
        note = _note(signer, size, bytes(root), made_at)
        cursor.execute("UPDATE querylog.checkpoint SET note = %s WHERE size = %s", [note, size])


def _note(signer: Signer, size: int, root: bytes, made_at: datetime) -> str:
    at = int(made_at.timestamp())
    return sign_checkpoint(signer.key.name, size, root, signers=[signer], at=at).decode()
