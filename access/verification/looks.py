"""The customers' lists of looks: every row carries that customer's tag, and none is gone but by erasure.

All of it is read in one moment of the database. An erasure whose entry still waits in the outbox took its
rows already, and what waits there lost its customer, so both are counted with the log; the entries they
become are checked like all others by the next run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from uuid import UUID

import msgspec
from psycopg2 import extensions

from access import keystore, scopes
from access.models import Subject, SubjectAccess
from access.verification.page import Fitting
from access.verification.stream import Page
from access.verification.walk import Fault
from custodian.crypto.errors import OpenFailed
from custodian.crypto.mac import Mac
from custodian.tlog.verify import TAG, TAG_DOMAIN

MOST_KEYS = 100_000  # kept at a time, some 100 MB
_ERASED = "SELECT leaf FROM querylog.entry WHERE id >= %s AND id < %s AND act = 'erase'"
_WAITING = "SELECT body, octet_length(tags), cardinality(subjects) FROM querylog.outbox"


class Said(msgspec.Struct, gc=False):
    """What the lists need of a leaf: what its tags are made over, and how many rows an erasure took."""

    uid: str
    act: str = ""
    rows: int = 0


_DECODER = msgspec.json.Decoder(Said)


class Lists:
    """Holds lists against entries, and counts the rows that are not there, the first of them at a gap."""

    def __init__(self) -> None:
        self._missing = 0
        self._gap: int | None = None
        self._keys = _Keys()

    def lacking(self) -> tuple[int, int | None]:
        """Missing rows and the gap, since this was last asked."""
        found = self._missing, self._gap
        self._missing, self._gap = 0, None
        return found

    def hold(self, taken: Fitting, page: Page) -> Iterator[Fault]:
        """Hold listed rows against the entries that they are about."""
        self._keys.open(set(page.uids))
        if not self._fit(taken, page):
            yield from self._gone_through(taken, page)

    def _fit(self, taken: Fitting, page: Page) -> bool:
        """Whether each mark is a listed customer's and each listed customer's mark is there."""
        shown = [
            index
            for index, tags in zip(taken.indexes, taken.tags, strict=True)
            for _ in range(0, len(tags), TAG)
        ]
        macs = [mac for uid in page.uids if (mac := self._keys.known.get(uid))]
        if shown != [*page.listed] or len(macs) != len(shown):
            return False
        made, rest = list[bytes](), iter(macs)
        for leaf, tags in zip(taken.said, taken.tags, strict=True):
            if len(tags) == TAG:
                made.append(next(rest).digest(leaf.uid.encode())[:TAG])
            elif tags:
                message, several = leaf.uid.encode(), islice(rest, len(tags) // TAG)
                made += sorted([mac.digest(message)[:TAG] for mac in several])
        return b"".join(made) == b"".join(taken.tags)

    def _gone_through(self, taken: Fitting, page: Page) -> Iterator[Fault]:
        lists: dict[int, list[bytes]] = {}
        for index, uid in zip(page.listed, page.uids, strict=True):
            lists.setdefault(index, []).append(uid)
        macs = self._keys.known
        for index, leaf, tags in zip(taken.indexes, taken.said, taken.tags, strict=True):
            uids, message = lists.pop(index, []), leaf.uid.encode()
            if not uids and not tags:
                continue
            mac = macs.get(uids[0]) if len(uids) == 1 else None
            if mac is None or mac.digest(message)[:TAG] != tags:
                yield from self._faults(index, uids, message, tags)
        yield from [Fault("look-altered", index) for index in lists]

    def _faults(
        self, index: int, uids: Sequence[bytes], message: bytes, tags: bytes
    ) -> Iterator[Fault]:
        shown, macs = len(tags) // TAG, self._keys.known
        if len(uids) < shown:
            self._gap = index if self._gap is None else self._gap
            self._missing += shown - len(uids)
        uids = [each for each in uids if each not in self._keys.erased]
        marks = {tags[at : at + TAG] for at in range(0, len(tags), TAG)}
        made = {macs[each].digest(message)[:TAG] for each in uids if each in macs}
        if not self._keys.gone.isdisjoint(uids):
            yield Fault("key-missing", index)
        elif len(made) != len(uids) or not made <= marks:
            yield Fault("look-altered", index)


def gaps(
    cursor: extensions.cursor, missing: int, gap: int | None, first: int, beyond: int
) -> list[Fault]:
    """Of the `missing` rows, the first at `gap`, whether some are gone although no erasure took them.

    An erasure may also take rows of entries before `first`; only from the beginning on must it be exact.
    """
    said, (untied, erasures) = erased(cursor, first, beyond), waiting(cursor)
    missing, rows_said = missing + untied, sum((said | erasures).values())
    if missing > rows_said or (first == 0 and missing < rows_said):
        return [Fault("looks-missing", first if gap is None else gap)]
    return []


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
        if len(self.known) > MOST_KEYS:
            self.known.clear()
        wanted = [UUID(bytes=uid) for uid in uids - self.known.keys() - self.gone - self.erased]
        if not wanted:
            return
        with scopes.arrivals():  # who is loaded and not live yet has entries, too
            found = Subject.objects.filter(uid__in=wanted).values_list("id", "uid")
            keys = _opened([ordinal for ordinal, _ in found])
            self.known |= {
                uid.bytes: Mac(keys[ordinal], TAG_DOMAIN)
                for ordinal, uid in found
                if ordinal in keys
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
