"""Whether anything is left over or lost between tables: keys, log keys, fingerprints, and the log itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

from django.db import connection

from access import keystore
from custodian.crypto.errors import CryptoError
from records import states
from records.integrity import HOLDINGS
from records.states import State
from records.storage import reading
from records.storage.faults import Fault

ROWS: Final = 5_000
ENTRIES: Final = 20  # each may list a thousand holdings
_HELD = " UNION ALL ".join(
    f"SELECT holding, epoch, subject_id FROM {model._meta.db_table}"  # noqa: S608  names are ours
    for model in HOLDINGS.values()
)
_LISTS = """
SELECT e.id, e.leaf::jsonb ->> 'state', h.body FROM querylog.entry e
LEFT JOIN records_heldstates h ON h.digest = decode(e.leaf::jsonb ->> 'state', 'hex')
WHERE e.id > %s AND e.act = 'change' AND e.leaf::jsonb ? 'held' ORDER BY e.id LIMIT %s
"""
_NO_LOG_KEY = """
SELECT s.id, k.subject IS NULL AND s.status <> 'destroyed' FROM access_subject s
LEFT JOIN keys.subject_key k ON k.subject = s.id WHERE s.id > %s ORDER BY s.id LIMIT %s
"""
_MARKS = f"""
SELECT b.id, b.holding, b.subject_id, b.element, h.holding IS NULL
FROM (SELECT * FROM records_blindindex WHERE id > %s ORDER BY id LIMIT %s) b
LEFT JOIN ({_HELD}) h ON h.holding = b.holding AND h.subject_id = b.subject_id ORDER BY b.id
"""  # noqa: S608

Found = tuple[
    Any, int, list[Fault]
]  # the last one's key or None at the end, how many, what is wrong


def subjects(after: Any) -> Found:
    """Every customer has a key for her tags in the log until she is destroyed."""
    rows = _fetch(_NO_LOG_KEY, [int(after or 0), ROWS])
    wrong = [Fault("subject-key", f"subject/{pk}", subject=pk) for pk, lost in rows if lost]
    return _last(rows), len(rows), wrong


def stray_keys(after: Any) -> Found:
    """A key that is bound to a customer, and whose row is nowhere.

    One that is bound to nobody was an uploaded file's; it opens nothing any more.
    """
    rows = keystore.bound(UUID(after) if after else None, limit=ROWS)
    there = _there([holding for holding, *_ in rows])
    wrong = [
        Fault("key-stray", str(holding), holding=str(holding))
        for holding, kek, wrapped in rows
        if holding not in there and not _is_nobodys(holding, kek, wrapped)
    ]
    return (str(rows[-1][0]) if rows else None), len(rows), wrong


def stray_marks(after: Any) -> Found:
    """Fingerprints, current or not, of a holding that is not there or not that customer's."""
    rows = _fetch(_MARKS, [int(after or 0), ROWS])
    wrong = [
        Fault(
            "index-foreign",
            str(holding),
            holding=str(holding),
            element=element,
            subject=subject,
        )
        for _pk, holding, subject, element, lost in rows
        if lost
    ]
    return _last(rows), len(rows), wrong


def lost_rows(after: Any) -> Found:
    """Whatever an entry's list names is still there, no older than it says, or destroyed on purpose."""
    rows = _fetch(_LISTS, [-1 if after is None else int(after), ENTRIES])
    wrong: list[Fault] = []
    named: dict[UUID, State] = {}
    for entry, digest, body in rows:
        if body is None or sha256(body).hexdigest() != digest:
            wrong.append(Fault("list", f"entry/{entry}", entry=entry))
            continue
        for state in states.unpack(bytes(body)):
            known = named.get(state.holding)
            named[state.holding] = state if known is None or known.epoch < state.epoch else known
    wrong += _lost(named)
    return _last(rows), len(rows), wrong


def _lost(named: dict[UUID, State]) -> Iterator[Fault]:
    there = _there(list(named))
    gone = reading.destroyed([holding for holding in named if holding not in there])
    for holding, state in named.items():
        if holding not in there and holding not in gone:
            yield Fault("row-missing", str(holding), holding=str(holding))
        elif holding in there and there[holding][0] < state.epoch:
            subject = there[holding][1]
            yield Fault("rolled-back", str(holding), holding=str(holding), subject=subject)


def _there(holdings: Sequence[UUID]) -> dict[UUID, tuple[int, int]]:
    """Epoch and subject of those of the holdings that have a row."""
    if not holdings:
        return {}
    wanted = [str(holding) for holding in holdings]
    found = _fetch(f"SELECT * FROM ({_HELD}) h WHERE holding = ANY (%s::uuid[])", [wanted])  # noqa: S608
    return {holding: (epoch, subject) for holding, epoch, subject in found}


def _is_nobodys(holding: UUID, kek: int, wrapped: bytes) -> bool:
    try:
        keystore.unwrap(holding, owner=None, kek=kek, wrapped=wrapped)
    except CryptoError:
        return False
    return True


def _last(rows: Sequence[Any]) -> Any:
    return rows[-1][0] if rows else None


def _fetch(sql: str, values: Sequence[Any]) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return list(cursor.fetchall())
