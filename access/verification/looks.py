"""The customers' lists of looks: every row carries that customer's tag, and none is gone but by erasure.

All of it is read in one moment of the database. An erasure whose entry still waits in the outbox took its
rows already, and what waits there lost its customer, so both are counted with the log; the entries they
become are checked like all others by the next run.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from uuid import UUID

import msgspec
from psycopg2 import extensions

from access import keystore
from access.models import Subject, SubjectAccess
from access.verification import rows
from access.verification.walk import Fault
from custodian.crypto.errors import OpenFailed
from custodian.tlog.verify import TAG, subject_tag

PAGE = 10_240
_SHOWN = (
    "SELECT id, leaf, tags FROM querylog.entry"
    " WHERE id >= {:d} AND id < {:d} AND octet_length(tags) > 0 ORDER BY id"
)
_LISTED = (
    "SELECT entry_id, uuid_send(subject), ''::bytea FROM querylog.subject_access"
    " WHERE entry_id >= {:d} AND entry_id < {:d} ORDER BY entry_id"
)
_ERASED = "SELECT leaf FROM querylog.entry WHERE id >= %s AND id < %s AND act = 'erase'"
_WAITING = "SELECT body, octet_length(tags), cardinality(subjects) FROM querylog.outbox"


class Said(msgspec.Struct, gc=False):
    """What the lists need of a leaf: what its tags are made over, and how many rows an erasure took."""

    uid: str
    act: str = ""
    rows: int = 0


_DECODER = msgspec.json.Decoder(Said)


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
    untied, erasures = waiting(cursor)
    missing, rows_said = found.missing + untied, sum((said | erasures).values())
    if missing > rows_said or (first == 0 and missing < rows_said):
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


def erased(cursor: extensions.cursor, first: int, beyond: int) -> dict[str, int]:
    """How many rows each erasure of the log took; an entry that was put in twice counts once."""
    cursor.execute(_ERASED, [first, beyond])
    return {said.uid: said.rows for (leaf,) in cursor.fetchall() if (said := _said(leaf))}


def waiting(cursor: extensions.cursor) -> tuple[int, dict[str, int]]:
    """In the outbox: marks that lost their customer, and the rows that erasures took."""
    cursor.execute(_WAITING)
    untied, erasures = 0, dict[str, int]()
    for body, marked, tied in cursor.fetchall():
        untied += max(marked // TAG - tied, 0)
        if (said := _said(body)) and said.act == "erase":
            erasures[said.uid] = said.rows
    return untied, erasures


def _said(text: str) -> Said | None:
    try:
        return _DECODER.decode(text)
    except msgspec.DecodeError:
        return None


class _Keys:
    """Customers' log keys, opened once each: `gone` without an erasure, `erased` since the rows were read."""

    def __init__(self) -> None:
        self.known: dict[bytes, bytes] = {}
        self.gone: set[bytes] = set()
        self.erased: set[bytes] = set()

    def open(self, uids: set[bytes]) -> None:
        wanted = [UUID(bytes=uid) for uid in uids - self.known.keys() - self.gone - self.erased]
        if wanted:
            found = Subject.objects.filter(uid__in=wanted).values_list("id", "uid")
            keys = _opened([ordinal for ordinal, _ in found])
            self.known |= {uid.bytes: keys[ordinal] for ordinal, uid in found if ordinal in keys}
            self._without_key([uid for ordinal, uid in found if ordinal not in keys])

    def _without_key(self, uids: Sequence[UUID]) -> None:
        """An erasure takes key and rows at once: whose rows are still there was not erased."""
        listed = SubjectAccess.objects.filter(subject__in=uids) if uids else None
        still = {uid.bytes for uid in listed.values_list("subject", flat=True)} if listed else set()
        self.gone |= still
        self.erased |= {uid.bytes for uid in uids} - still


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
    uids = [uid for uid in uids if uid not in keys.erased]
    if not uids:
        return ""
    if not keys.gone.isdisjoint(uids):
        return "key-missing"
    return "" if _belong(uids, keys.known, leaf, tags) else "look-altered"


def _belong(uids: Sequence[bytes], known: Mapping[bytes, bytes], leaf: bytes, tags: bytes) -> bool:
    try:
        uid = _DECODER.decode(leaf).uid
    except msgspec.DecodeError:
        return False
    if len(uids) == 1 and len(tags) == TAG:
        return uids[0] in known and subject_tag(known[uids[0]], uid) == tags
    marks = {tags[at : at + TAG] for at in range(0, len(tags), TAG)}
    made = {subject_tag(known[each], uid) for each in uids if each in known}
    return len(made) == len(uids) and made <= marks
