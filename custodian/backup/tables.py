"""What goes into which stream: everything into `data`, except what must not outlive a destruction.

`keys` has schema `keys` and the keyed fingerprints that stand in rows of customers; it is kept for days.
Nowhere are the blind indexes (they are computed anew), sessions (nobody is signed in after a restore) and
the record of migrations (the manifest has it).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from psycopg2 import extensions, sql

from custodian.backup.copying import Section, Source, listed, named

DATA: Final = "data"
KEYS: Final = "keys"
STREAMS: Final = (DATA, KEYS)
SCHEMAS: Final = ["public", "querylog", "keys"]
NOWHERE: Final = frozenset(
    {
        "public.django_migrations",
        "public.django_session",
        "public.records_blindindex",
        "public.usersessions_usersession",
    }
)
# With these and the index key one could ask whether a destroyed customer had been there.
FINGERPRINTS: Final[Mapping[str, tuple[str, ...]]] = {
    "public.records_claim": ("source_digest", "row_digest"),
    "public.records_customer": ("source_digest", "row_digest"),
    "public.records_policy": ("source_digest", "row_digest"),
    "public.records_quarantinedrow": ("row_digest", "key_digest"),
}
_TABLES = """
SELECT n.nspname || '.' || c.relname,
       array_agg(a.attname ORDER BY a.attnum) FILTER (WHERE a.attgenerated = ''),
       (SELECT array_agg(k.attname ORDER BY array_position(i.indkey::int2[], k.attnum))
        FROM pg_index i JOIN pg_attribute k ON k.attrelid = c.oid AND k.attnum = ANY (i.indkey)
        WHERE i.indrelid = c.oid AND i.indisprimary)
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE n.nspname = ANY (%s) AND c.relkind IN ('r', 'p') AND NOT c.relispartition
GROUP BY c.oid, n.nspname, c.relname ORDER BY 1
"""
_REFERENCES = """
SELECT DISTINCT n.nspname || '.' || c.relname, m.nspname || '.' || r.relname
FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_class r ON r.oid = f.confrelid JOIN pg_namespace m ON m.oid = r.relnamespace
WHERE f.contype = 'f' AND f.conrelid <> f.confrelid
"""
_SEQUENCES = (
    "SELECT schemaname || '.' || sequencename FROM pg_sequences WHERE schemaname = ANY (%s)"
)

Table = tuple[str, tuple[str, ...], tuple[str, ...]]  # name, columns, primary key


def tables(cursor: extensions.cursor) -> dict[str, Table]:
    """Every table that is backed up, those that others refer to first."""
    cursor.execute(_TABLES, [SCHEMAS])
    found = {
        name: (name, tuple(columns), tuple(key or ()))
        for name, columns, key in cursor.fetchall()
        if name not in NOWHERE
    }
    cursor.execute(_REFERENCES)
    needs: dict[str, set[str]] = {name: set() for name in found}
    for child, parent in cursor.fetchall():
        if child in needs and parent in needs:
            needs[child].add(parent)
    return {name: found[name] for name in _in_order(needs)}


def _in_order(needs: Mapping[str, set[str]]) -> Iterator[str]:
    done: set[str] = set()
    while len(done) < len(needs):
        ready = sorted(name for name in needs.keys() - done if needs[name] <= done)
        # Tables that refer to each other in a circle are loaded in the order of their names.
        for name in ready or sorted(needs.keys() - done)[:1]:
            done.add(name)
            yield name


def sources(cursor: extensions.cursor, stream: str) -> list[Source]:
    """The sections of a stream with their queries."""
    every = tables(cursor).values()
    if stream == DATA:
        return [_whole(table) for table in every if not is_key(table[0])]
    keys = [_whole(table) for table in every if is_key(table[0])]
    return keys + [_fingerprints(table) for table in every if table[0] in FINGERPRINTS]


def is_key(table: str) -> bool:
    return table.startswith("keys.")


def _whole(table: Table) -> Source:
    name, columns, key = table
    query = sql.SQL("SELECT {} FROM {}").format(
        sql.SQL(", ").join(_column(name, each, key) for each in columns), named(name)
    )
    if key:
        query += sql.SQL(" ORDER BY {}").format(listed(key))
    return Source(Section(name, columns), query)


def _column(table: str, column: str, key: tuple[str, ...]) -> sql.Composable:
    """In the place of a fingerprint something that says nothing, and is the row's own where it must be."""
    fingerprints = FINGERPRINTS.get(table, ())
    if column not in fingerprints:
        return sql.Identifier(column)
    if column == fingerprints[0]:
        return sql.SQL("decode(md5({}::text), 'hex') AS {}").format(
            sql.Identifier(key[0]), sql.Identifier(column)
        )
    return sql.SQL("''::bytea AS {}").format(sql.Identifier(column))


def _fingerprints(table: Table) -> Source:
    name, _columns, key = table
    columns = (key[0], *FINGERPRINTS[name])
    query = sql.SQL("SELECT {} FROM {} ORDER BY 1").format(listed(columns), named(name))
    return Source(Section(name, columns, key[0]), query)


def sequences(cursor: extensions.cursor) -> dict[str, tuple[int, bool]]:
    """Where each one stands; asked after the rows, so that none stands behind them."""
    cursor.execute(_SEQUENCES, [SCHEMAS])
    found = {}
    for (name,) in cursor.fetchall():
        cursor.execute(sql.SQL("SELECT last_value, is_called FROM {}").format(named(name)))
        last, called = cursor.fetchone() or (1, False)
        found[name] = (int(last), bool(called))
    return found


def migrations(cursor: extensions.cursor) -> list[str]:
    cursor.execute("SELECT app || '.' || name FROM public.django_migrations ORDER BY 1")
    return [name for (name,) in cursor.fetchall()]


def counts(cursor: extensions.cursor) -> dict[str, int]:
    """The rows of each table now."""
    found = {}
    for name in tables(cursor):
        cursor.execute(sql.SQL("SELECT count(*) FROM {}").format(named(name)))
        (found[name],) = cursor.fetchone() or (0,)
    return found
