"""Keeps the exposure index: who has seen which customers, by person and day, as sets.

A task reads what was sealed since the last time; the index can be thrown away and built again from the
log's `subject_access`, and is then what it was, without the customers destroyed since.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final

from django.db import connection, transaction
from pyroaring import BitMap

from access import actors, scopes
from access.models import Exposure, Feed, Subject, Tree
from custodian import clock

NAME: Final = "exposure"
PAGE: Final = 20_000
# What gave values in clear to somebody; of the rest she saw masks.
OPENING: Final = frozenset({"reveal", "export"})
_SHOWN = """
SELECT u.id, e.ts, e.act, s.id
FROM querylog.entry e
JOIN querylog.subject_access a ON a.entry_id = e.id
JOIN access_user u ON u.ref = e.actor
JOIN access_subject s ON s.uid = a.subject
WHERE e.id >= %s AND e.id < %s AND e.outcome = 'ok'
"""
_OF_SUBJECTS = """
SELECT DISTINCT u.id, (e.ts AT TIME ZONE %s)::date
FROM querylog.subject_access a
JOIN querylog.entry e ON e.id = a.entry_id
JOIN access_user u ON u.ref = e.actor
WHERE a.subject = ANY (%s::uuid[])
"""
Key = tuple[int, date]


def note() -> int:
    """The same for a task, in the scope of the audits."""
    with scopes.acting(actors.system("audits")):
        return catch_up()


def catch_up() -> int:
    """Read the log up to what is sealed now, page by page; the number of entries read."""
    read = 0
    while (page := _read_page()) > 0:
        read += page
    return read


def rebuild() -> int:
    """Forget what was seen and read the whole log again; what audits noted stays."""
    with transaction.atomic():
        Feed.objects.update_or_create(name=NAME, defaults={"next_index": 0})
        Exposure.objects.update(seen=b"", opened=b"")
    return catch_up()


def upto() -> int:
    """The first entry that the index has not read yet."""
    return Feed.objects.filter(name=NAME).values_list("next_index", flat=True).first() or 0


def seen(user: int, *, since: date, until: date) -> BitMap:
    """The customers of whom the person saw anything on these days, both included."""
    return _united(user, since, until, "seen")


def opened(user: int, *, since: date, until: date) -> BitMap:
    """The customers of whom a value was shown to the person in clear."""
    return _united(user, since, until, "opened")


def covering(customers: BitMap, *, since: date, until: date) -> dict[int, int]:
    """By person, how many of these customers she has seen in the period; who saw none is left out."""
    found: dict[int, BitMap] = defaultdict(BitMap)
    rows = Exposure.objects.filter(day__gte=since, day__lte=until).exclude(seen=b"")
    for user, body in rows.values_list("user_id", "seen").iterator(chunk_size=PAGE):
        if common := BitMap.deserialize(bytes(body)) & customers:
            found[user] |= common
    return {user: len(common) for user, common in found.items()}


def erase(subjects: Sequence[Subject]) -> int:
    """Take destroyed customers out of every set; before their rows in the log go. The sets changed."""
    gone = BitMap(each.pk for each in subjects)
    with connection.cursor() as cursor:
        uids = [str(each.uid) for each in subjects]
        cursor.execute(_OF_SUBJECTS, [str(clock.OFFICE), uids])
        keys: list[Key] = cursor.fetchall()
    changed = 0
    for row in Exposure.objects.select_for_update(no_key=True).filter(
        user_id__in={user for user, _ in keys}, day__in={day for _, day in keys}
    ):
        fresh = {name: _without(getattr(row, name), gone) for name in _SETS}
        if any(fresh[name] != bytes(getattr(row, name)) for name in _SETS):
            Exposure.objects.filter(pk=row.pk).update(**fresh)
            changed += 1
    return changed


_SETS = ("seen", "opened", "unexplained", "unasked")


def _without(body: bytes, gone: BitMap) -> bytes:
    return packed(unpacked(body) - gone)


def packed(customers: BitMap) -> bytes:
    """The portable format of roaring bitmaps; nothing for nobody."""
    return customers.serialize() if customers else b""


def unpacked(body: bytes) -> BitMap:
    return BitMap.deserialize(bytes(body)) if body else BitMap()


def _read_page() -> int:
    with transaction.atomic():
        Feed.objects.get_or_create(name=NAME)
        feed = Feed.objects.select_for_update(skip_locked=True).filter(name=NAME).first()
        if feed is None:
            return 0  # another worker is at it
        begin, sealed = feed.next_index, Tree.objects.values_list("size", flat=True).first() or 0
        end = min(begin + PAGE, sealed)
        if end <= begin:
            return 0
        _note(_shown(begin, end))
        Feed.objects.filter(name=NAME).update(next_index=end)
        return end - begin


def _shown(begin: int, end: int) -> Iterator[tuple[Key, str, int]]:
    with connection.cursor() as cursor:
        cursor.execute(_SHOWN, [begin, end])
        for user, at, act, ordinal in cursor.fetchall():
            yield (user, clock.local(at).date()), act, ordinal


def _note(shown: Iterable[tuple[Key, str, int]]) -> None:
    fresh: dict[Key, tuple[BitMap, BitMap]] = defaultdict(lambda: (BitMap(), BitMap()))
    for key, act, ordinal in shown:
        fresh[key][0].add(ordinal)
        if act in OPENING:
            fresh[key][1].add(ordinal)
    known = _known(fresh)
    rows = [
        Exposure(
            user_id=user,
            day=day,
            seen=packed(some | unpacked(known.get((user, day), (b"", b""))[0])),
            opened=packed(clear | unpacked(known.get((user, day), (b"", b""))[1])),
        )
        for (user, day), (some, clear) in fresh.items()
    ]
    Exposure.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["user_id", "day"],
        update_fields=["seen", "opened"],
        batch_size=1_000,
    )


def _known(keys: Iterable[Key]) -> dict[Key, tuple[bytes, bytes]]:
    pairs = list(keys)
    rows = Exposure.objects.filter(
        user_id__in={user for user, _ in pairs}, day__in={day for _, day in pairs}
    )
    return {
        (user, day): (bytes(some), bytes(clear))
        for user, day, some, clear in rows.values_list("user_id", "day", "seen", "opened")
    }


def _united(user: int, since: date, until: date, name: str) -> BitMap:
    rows = Exposure.objects.filter(user_id=user, day__gte=since, day__lte=until)
    return BitMap().union(*map(unpacked, rows.values_list(name, flat=True)))
