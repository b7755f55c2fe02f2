"""Many rows in one statement, through Django's cursor, so that they carry the actor's scope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import connection

Rows = Sequence[Sequence[Any]]


def insert(
    table: str,
    columns: Mapping[str, str],
    rows: Rows,
    *,
    returning: str = "",
    conflict: str = "",
) -> list[tuple[Any, ...]]:
    """Insert rows of the given columns (name to PostgreSQL type) as one array for each column."""
    if not rows:
        return []
    arrays = ", ".join(f"%s::{kind}[]" for kind in columns.values())
    statement = f"INSERT INTO {table} ({', '.join(columns)}) SELECT * FROM unnest({arrays})"  # noqa: S608  names are ours
    statement += f" {conflict}" if conflict else ""
    statement += f" RETURNING {returning}" if returning else ""
    values = [
        _array(kind, column)
        for kind, column in zip(columns.values(), zip(*rows, strict=True), strict=True)
    ]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return cursor.fetchall() if returning else []


def assign(table: str, column: str, kind: str, pairs: Sequence[tuple[int, Any]]) -> None:
    """Give each of several rows (by `id`) its own value of one column, of a PostgreSQL type."""
    if not pairs:
        return
    statement = (
        f"UPDATE {table} t SET {column} = n.value"  # noqa: S608  names are ours
        f" FROM unnest(%s::bigint[], %s::{kind}[]) n (id, value) WHERE t.id = n.id"
    )
    ids, values = zip(*pairs, strict=True)
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(ids), _array(kind, values)])


def _array(kind: str, values: Sequence[Any]) -> Any:
    if kind == "bytea":
        # One literal is read by the server much faster than an ARRAY of as many casts.
        return literal(values)
    if kind in {"uuid", "jsonb"}:
        return [None if value is None else str(value) for value in values]
    return list(values)


def literal(values: Sequence[bytes | None]) -> str:
    """Many byte strings as the text of one array."""
    return "{" + ",".join(map(_bytes, values)) + "}"


def _bytes(value: bytes | None) -> str:
    return "NULL" if value is None else f'"\\\\x{value.hex()}"'
