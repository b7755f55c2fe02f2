"""The customers' lists of looks: every row carries that customer's tag, and none is gone but by erasure."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec
from django.db import connection
from psycopg2 import extensions

from access import keystore
from access.models import Subject
from access.verification import rows
from access.verification.walk import Fault
from custodian.crypto.errors import OpenFailed
from custodian.tlog.verify import TAG, subject_tag

PAGE = 10_240
PATIENCE = 10.0  # seconds that a change may take from the outbox into the log
_SHOWN = (
    "SELECT id, leaf, tags FROM querylog.entry"
    " WHERE id >= {:d} AND id < {:d} AND octet_length(tags) > 0 ORDER BY id"
)
_LISTED = (
    "SELECT entry_id, uuid_send(subject), ''::bytea FROM querylog.subject_access"
    " WHERE entry_id >= {:d} AND entry_id < {:d} ORDER BY entry_id"
)
_ERASED = "SELECT leaf FROM querylog.entry WHERE id >= %s AND id < %s AND act = 'erase'"


class Said(msgspec.Struct, gc=False):
    """What the lists need of a leaf: what its tags are made over, and how many rows an erasure took."""

    uid: str
    rows: int = 0


@dataclass
class Listed:
    """What was found; `missing` rows are not there, the first of them at `gap`."""

    missing: int = 0
    gap: int | None = None
    faults: list[Fault] = field(default_factory=list)


def faults(cursor: extensions.cursor, first: int, beyond: int) -> list[Fault]:
    """The lists of the entries from `first` on: rows that are nobody's, and gaps that no erasure made.

    An erasure may also take rows of entries before `first`; only from the beginning on must it be exact.
    """
    found, said = listed(cursor, first, beyond), erased(cursor, first, beyond)
    if found.missing > said or (first == 0 and found.missing < said):
        found.faults.append(Fault("looks-missing", first if found.gap is None else found.gap))
    return found.faults


def listed(cursor: extensions.cursor, first: int, beyond: int) -> Listed:
    found, keys = Listed(), _Keys()
    for low in range(first, beyond, PAGE):
        high = min(low + PAGE, beyond)
        lists: dict[int, list[bytes]] = {}
        for index, uid, _ in rows.read(cursor, _LISTED.format(low, high)):
            lists.setdefault(index, []).append(uid)
        keys.open({uid for uids in lists.values() for uid in uids})
        for index, leaf, tags in rows.read(cursor, _SHOWN.format(low, high)):
            uids, shown = lists.pop(index, []), len(tags) // TAG
            if code := _fault(uids, keys, leaf, tags):
                found.faults.append(Fault(code, index))
            if len(uids) < shown and found.gap is None:
                found.gap = index
            found.missing += max(shown - len(uids), 0)
        found.faults += [Fault("look-altered", index) for index in lists]
    return found


def erased(cursor: extensions.cursor, first: int, beyond: int) -> int:
    """How many rows the log itself says were erased; an entry that was put in twice counts once."""
    cursor.execute(_ERASED, [first, beyond])
    said: dict[str, int] = {}
    for (leaf,) in cursor.fetchall():
        try:
            erasure = msgspec.json.decode(leaf, type=Said)
        except msgspec.DecodeError:
            continue
        said[erasure.uid] = erasure.rows
    return sum(said.values())


def wait_for_changes() -> None:
    """Until the changes that wait in the outbox now have their entries; an erasure's rows go before that."""
    end = time.monotonic() + PATIENCE
    with connection.cursor() as cursor:
        cursor.execute("SELECT coalesce(max(id), 0) FROM querylog.outbox")
        (newest,) = cursor.fetchone() or (0,)
        while time.monotonic() < end:
            cursor.execute("SELECT EXISTS (SELECT FROM querylog.outbox WHERE id <= %s)", [newest])
            if cursor.fetchone() != (True,):
                return
            time.sleep(0.1)


class _Keys:
    """Customers' log keys, opened once each."""

    def __init__(self) -> None:
        self.known: dict[bytes, bytes] = {}
        self.gone: set[bytes] = set()

    def open(self, uids: set[bytes]) -> None:
        wanted = [UUID(bytes=uid) for uid in uids - self.known.keys() - self.gone]
        if wanted:
            found = Subject.objects.filter(uid__in=wanted).values_list("id", "uid")
            keys = _opened([ordinal for ordinal, _ in found])
            self.known |= {uid.bytes: keys[ordinal] for ordinal, uid in found if ordinal in keys}
            self.gone |= {uid.bytes for ordinal, uid in found if ordinal not in keys}


def _opened(ordinals: Sequence[int]) -> dict[int, bytes]:
    """The keys that can be opened: one that was exchanged must not hide the others."""
    try:
        return keystore.subject_keys_of(ordinals)
    except OpenFailed:
        if len(ordinals) == 1:
            return {}
    middle = len(ordinals) // 2
    return _opened(ordinals[:middle]) | _opened(ordinals[middle:])


def _fault(uids: Sequence[bytes], keys: _Keys, leaf: bytes, tags: bytes) -> str:
    if not uids:
        return ""
    if not keys.gone.isdisjoint(uids):
        return "key-missing"
    return "" if _belong(uids, keys.known, leaf, tags) else "look-altered"


def _belong(uids: Sequence[bytes], known: Mapping[bytes, bytes], leaf: bytes, tags: bytes) -> bool:
    try:
        uid = msgspec.json.decode(leaf, type=Said).uid
    except msgspec.DecodeError:
        return False
    marks = {tags[at : at + TAG] for at in range(0, len(tags), TAG)}
    made = {subject_tag(known[each], uid) for each in uids if each in known}
    return len(made) == len(uids) and made <= marks
