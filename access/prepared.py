"""Statements that a connection plans once: under row-level security the plan costs more than the rows."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any
from weakref import WeakKeyDictionary

import psycopg2
from django.db import Error, connection
from django.db.backends.utils import CursorWrapper

MOST = 64  # plans that one connection keeps; whatever comes later is planned anew each time
_PLANNED: WeakKeyDictionary[Any, set[str]] = WeakKeyDictionary()
# A pooler between may hand over another session, or a migration may have changed a table since.
_ELSEWHERE = frozenset({"26000", "0A000"})
_ALREADY_THERE = "42P05"
# Left to itself the server plans anew for ever: it guesses ten subjects where one is meant.
_PLAN_ONCE = "SET plan_cache_mode TO force_generic_plan"


def fetch(sql: str, types: Mapping[str, str], values: Mapping[str, Any]) -> list[Any]:
    """All rows of a statement whose values stand in it as `%(name)s`, in the acting actor's scope.

    Inside a transaction nothing is prepared, because an error there would end the transaction.
    """
    with connection.cursor() as cursor:
        if not _fetched(cursor, sql, types, values):
            cursor.execute(_texts(sql, tuple(types.items()))[3], values)
        return list(cursor.fetchall())


def _fetched(
    cursor: CursorWrapper, sql: str, types: Mapping[str, str], values: Mapping[str, Any]
) -> bool:
    name, prepare, execute, _ = _texts(sql, tuple(types.items()))
    if connection.in_atomic_block or not _planned(cursor, name, prepare):
        return False
    try:
        cursor.execute(execute, values)
    except Error as error:
        if getattr(error.__cause__, "pgcode", None) not in _ELSEWHERE:
            raise
        _PLANNED.pop(connection.connection, None)
        return False
    return True


def _planned(cursor: CursorWrapper, name: str, prepare: str) -> bool:
    known = _PLANNED.setdefault(connection.connection, set())
    if name not in known and len(known) < MOST:
        try:
            cursor.cursor.execute(f"{_PLAN_ONCE};{prepare}")
        except psycopg2.Error as error:
            if error.pgcode != _ALREADY_THERE:
                return False
        known.add(name)
    return name in known


@lru_cache(512)
def _texts(sql: str, types: tuple[tuple[str, str], ...]) -> tuple[str, str, str, str]:
    """The name of a statement is made of its text, so that one name never means two statements."""
    kinds = ", ".join(kind for _, kind in types)
    numbered = sql % {name: f"${number}" for number, (name, _) in enumerate(types, 1)}
    name = "custodian_" + hashlib.sha256(f"{kinds}\x00{numbered}".encode()).hexdigest()[:24]
    given = ", ".join(f"%({each})s::{kind}" for each, kind in types)
    direct = sql % {each: f"%({each})s::{kind}" for each, kind in types}
    return name, f"PREPARE {name} ({kinds}) AS {numbered}", f"EXECUTE {name} ({given})", direct
