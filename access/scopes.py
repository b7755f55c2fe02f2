"""Row scope: the actor travels with each statement, and row-level security checks every row.

A ContextVar holds the actor. Each statement on the default connection is prefixed with settings that
end with its transaction, so nothing has to be reset and a connection at rest sees no row at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.signals import connection_created

from access import choices, prepared, purpose_versions
from access.actors import Actor
from access.choices import Chosen, Held
from access.vocabulary import Reach
from custodian import clock

_current: ContextVar[Actor | None] = ContextVar("custodian_actor", default=None)
_arrivals: ContextVar[bool] = ContextVar("custodian_arrivals", default=False)

# An aborted transaction refuses any statement before ROLLBACK TO, so these go out as they are.
_BARE = ("SAVEPOINT", "RELEASE", "ROLLBACK")


def current() -> Actor | None:
    return _current.get()


@contextmanager
def acting(actor: Actor | None) -> Iterator[Actor | None]:
    """Run statements in the actor's scope; `None` sees no scoped row."""
    token = _current.set(actor)
    try:
        yield actor
    finally:
        _current.reset(token)


@contextmanager
def arrivals() -> Iterator[None]:
    """See also the subjects of a book that is on its way in: for the piece that loads and checks it."""
    token = _arrivals.set(True)
    try:
        yield
    finally:
        _arrivals.reset(token)


def _prefix(actor: Actor | None) -> str:
    who = "" if actor is None or actor.id is None else str(int(actor.id))
    reach = "all" if actor is not None and actor.reach is Reach.ALL else ""
    units = "" if actor is None else ",".join(str(int(unit)) for unit in actor.unit_ids)
    subjects = "" if actor is None else ",".join(str(int(each)) for each in actor.subjects)
    arriving = "on" if actor is not None and _arrivals.get() else ""
    return (
        f"SELECT set_config('custodian.actor','{who}',true),"
        f"set_config('custodian.reach','{reach}',true),"
        f"set_config('custodian.units','{{{units}}}',true),"
        f"set_config('custodian.subjects','{{{subjects}}}',true),"
        f"set_config('custodian.arrivals','{arriving}',true);"
    )


def _scoped(
    execute: Callable[..., Any],
    sql: Any,
    params: Any,
    many: bool,  # noqa: FBT001  the order is Django's
    context: dict[str, Any],
) -> Any:
    actor = _current.get()
    # Inside a transaction the last setting would still stand, so it is always said anew.
    if (actor is None and not context["connection"].in_atomic_block) or str(sql).startswith(_BARE):
        return execute(sql, params, many, context)
    return execute(_prefix(actor) + str(sql), params, many, context)


def _wrap(connection: BaseDatabaseWrapper, **_kwargs: object) -> None:
    if connection.alias == "default" and _scoped not in connection.execute_wrappers:
        connection.execute_wrappers.append(_scoped)


def install() -> None:
    connection_created.connect(_wrap, dispatch_uid="custodian-scopes")


@dataclass(frozen=True)
class Found:
    """A subject inside the actor's scope, how near it is, and its wrapped log key."""

    id: int
    uid: UUID
    status: str
    nearness: Reach
    kek: int
    wrapped: bytes
    # The purposes of the grants and windows without which the customer would be out of reach.
    lent: frozenset[str] = frozenset()
    in_window: bool = False  # one of them is break-glass
    # What of hers is stored and not used, as kind and holding.
    restricted: frozenset[tuple[str, UUID]] = frozenset()
    objected: frozenset[str] = frozenset()  # the purposes that she does not want it used for
    chosen: frozenset[Chosen] = frozenset()  # what she agreed to, and what not


_FIND = """
SELECT s.id, s.uid, s.status,
       EXISTS (SELECT 1 FROM access_assignment a
               WHERE a.subject_id = s.id AND a.user_id = %(actor)s AND a.purpose = ''
                 AND a.since <= statement_timestamp()
                 AND (a.until IS NULL OR a.until > statement_timestamp())),
       s.unit_id = ANY (%(units)s), k.kek, k.wrapped,
       ARRAY (SELECT a.purpose FROM access_assignment a
              WHERE a.subject_id = s.id AND a.user_id = %(actor)s AND a.purpose <> ''
                AND a.since <= statement_timestamp() AND a.until > statement_timestamp()),
       EXISTS (SELECT 1 FROM access_assignment a
               WHERE a.subject_id = s.id AND a.user_id = %(actor)s AND a.window_id IS NOT NULL
                 AND a.since <= statement_timestamp() AND a.until > statement_timestamp()),
       ARRAY (SELECT r.kind || ' ' || r.holding FROM access_restriction r WHERE r.subject_id = s.id),
       ARRAY (SELECT o.purpose FROM access_objection o WHERE o.subject_id = s.id),
       ARRAY (SELECT concat_ws(' ', c.purpose, c.element, c.agreed::text, c.consent,
                               coalesce(c.said_on::text, '')) FROM access_choice c
              WHERE c.subject_id = s.id AND (c.until IS NULL OR c.until > statement_timestamp())),
       EXISTS (SELECT 1 FROM access_purposeoverride o WHERE o.since <= %(today)s)
FROM access_subject s JOIN keys.subject_key k ON k.subject = s.id
WHERE s.id = ANY (%(subjects)s)
"""
_FIND_BY = {"actor": "bigint", "units": "bigint[]", "subjects": "bigint[]", "today": "date"}


def find(subjects: Sequence[int]) -> dict[int, Found]:
    """Those of the subjects that the acting actor reaches now; the others are simply not in the answer."""
    actor = _current.get()
    if actor is None or not subjects:
        return {}
    today = clock.local().date()
    rows = prepared.fetch(
        _FIND,
        _FIND_BY,
        {
            "actor": actor.id,
            "units": list(actor.unit_ids),
            "subjects": list(subjects),
            "today": today,
        },
    )
    # Purposes are seldom changed: without a change, or a choice, nothing more is asked.
    changed = any(row[-1] and row[-2] for row in rows)
    versions = purpose_versions.changed() if changed else {}
    return {row[0]: _found(row, actor, versions, today) for row in rows}


def _found(row: Any, actor: Actor, versions: Mapping[str, Sequence[Held]], today: date) -> Found:
    ordinal, uid, status, assigned, unit, kek, wrapped, lent, in_window, kept, objected, said = row[
        :-1
    ]
    own = assigned or ordinal in actor.subjects
    near = own or unit or actor.reach is Reach.ALL
    purposes = frozenset[str]() if near else frozenset(lent)
    nearness = Reach.OWN if own else Reach.UNIT if unit else Reach.CASE if purposes else Reach.ALL
    window = bool(purposes) and in_window
    pairs = (each.split(" ", 1) for each in kept)
    return Found(
        id=ordinal,
        uid=uid,
        status=status,
        nearness=nearness,
        kek=kek,
        wrapped=bytes(wrapped),
        lent=purposes,
        in_window=window,
        restricted=frozenset((kind, UUID(holding)) for kind, holding in pairs),
        objected=frozenset(objected),
        chosen=choices.heard(map(choices.read, said), versions, today=today),
    )
