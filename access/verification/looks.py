"""The customers' lists of looks: every row carries that customer's tag, and none is gone but by erasure.

All of it is read in one moment of the database. An erasure whose entry still waits in the outbox took its
rows already, and what waits there lost its customer, so both are counted with the log; the entries they
become are checked like all others by the next run.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from uuid import UUID

import msgspec
from psycopg2 import extensions

from access import keystore
from access.models import Subject, SubjectAccess
from access.verification import rows
from access.verification.rows import Pair
from access.verification.walk import Fault
from custodian.crypto.errors import OpenFailed
from custodian.crypto.mac import Mac
from custodian.tlog.verify import TAG, TAG_DOMAIN

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


class Lists:
    """The lists held so far; `missing` rows are not there, the first of them at `gap`."""

    def __init__(self) -> None:
        self.missing = 0
        self.gap: int | None = None
        self._keys = _Keys()

    def read(self, cursor: extensions.cursor, low: int, beyond: int) -> list[Pair]:
        """Which customers are listed for the entries: index and uid."""
        return rows.pairs(cursor, _LISTED.format(low, beyond))

    def hold(self, shown: Iterable[tuple[int, str, bytes]], listed: Sequence[Pair]) -> list[Fault]:
        """Hold listed rows against the entries that they are about: index, uid and tags."""
        lists: dict[int, list[bytes]] = {}
        for index, uid, _ in listed:
            lists.setdefault(index, []).append(uid)
        self._keys.open({uid for _, uid, _ in listed})
        macs, found = self._keys.known, list[Fault]()
        for index, said, tags in shown:
            uids, message = lists.pop(index, []), TAG_DOMAIN + said.encode()
            mac = macs.get(uids[0]) if len(uids) == 1 else None
            if mac is None or mac.digest(message)[:TAG] != tags:
                found += self._faults(index, uids, message, tags)
        return found + [Fault("look-altered", index) for index in lists]

    def _faults(
        self, index: int, uids: Sequence[bytes], message: bytes, tags: bytes
    ) -> Iterator[Fault]:
        shown, macs = len(tags) // TAG, self._keys.known
        if len(uids) < shown:
            self.gap = index if self.gap is None else self.gap
            self.missing += shown - len(uids)
        uids = [each for each in uids if each not in self._keys.erased]
        marks = {tags[at : at + TAG] for at in range(0, len(tags), TAG)}
        made = {macs[each].digest(message)[:TAG] for each in uids if each in macs}
        if not self._keys.gone.isdisjoint(uids):
            yield Fault("key-missing", index)
        elif len(made) != len(uids) or not made <= marks:
            yield Fault("look-altered", index)


def gone_through(cursor: extensions.cursor, first: int, beyond: int) -> tuple[Lists, list[Fault]]:
    """All lists of a range, page by page."""
    lists, faults = Lists(), list[Fault]()
    for low in range(first, beyond, PAGE):
        high = min(low + PAGE, beyond)
        listed = lists.read(cursor, low, high)
        shown = rows.pairs(cursor, _SHOWN.format(low, high))
        faults += lists.hold([(index, _uid(leaf), tags) for index, leaf, tags in shown], listed)
    return lists, faults


def gaps(cursor: extensions.cursor, lists: Lists, first: int, beyond: int) -> list[Fault]:
    """Rows that are gone although no erasure took them.

    An erasure may also take rows of entries before `first`; only from the beginning on must it be exact.
    """
    said, (untied, erasures) = erased(cursor, first, beyond), waiting(cursor)
    missing, rows_said = lists.missing + untied, sum((said | erasures).values())
    if missing > rows_said or (first == 0 and missing < rows_said):
        return [Fault("looks-missing", first if lists.gap is None else lists.gap)]
    return []


def _uid(leaf: bytes) -> str:
    """Nothing where it cannot be read: then no tag fits."""
    try:
        return _DECODER.decode(leaf).uid
    except msgspec.DecodeError:
        return ""


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
        self.known: dict[bytes, Mac] = {}
        self.gone: set[bytes] = set()
        self.erased: set[bytes] = set()

    def open(self, uids: set[bytes]) -> None:
        wanted = [UUID(bytes=uid) for uid in uids - self.known.keys() - self.gone - self.erased]
        if wanted:
            found = Subject.objects.filter(uid__in=wanted).values_list("id", "uid")
            keys = _opened([ordinal for ordinal, _ in found])
            self.known |= {
                uid.bytes: Mac(keys[ordinal]) for ordinal, uid in found if ordinal in keys
            }
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
