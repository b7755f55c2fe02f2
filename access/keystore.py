"""Owner of every data key and every customer's log key; keys leave it only unwrapped, in memory."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import IO
from uuid import NAMESPACE_URL, UUID, uuid5

import psycopg2
from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _
from psycopg2.extras import execute_values

from custodian.crypto.envelope import Context, DataKey
from custodian.crypto.keyring import WrappedKey
from custodian.crypto.parts import PartFile, open_parts, seal_parts
from custodian.errors import CustodianError, Unavailable
from custodian.keys import forget as forget_keyring
from custodian.keys import keyring
from custodian.keys import unwrap as unwrapped

__all__ = [
    "DataKey",
    "NoKey",
    "StaleKek",
    "WrappedKey",
    "create",
    "create_subject_keys",
    "named_holding",
    "of_named",
    "unlock",
]

_NAMED = uuid5(NAMESPACE_URL, "custodian/holding")


class NoKey(CustodianError):
    """The holding's key is gone: what it sealed cannot be opened any more."""

    code = "no-key"
    status = 410


@lru_cache(64)
def named_holding(name: str) -> UUID:
    """The holding of something that is no customer's: a month of written reasons, a book's quarantine."""
    return uuid5(_NAMED, name)


def create(owners: Mapping[UUID, int | None]) -> dict[UUID, DataKey]:
    """New keys for new holdings, each bound to the subject it belongs to (None: to no customer).

    A holding that has a key already raises IntegrityError.
    """
    ring = keyring()
    keys = {holding: ring.new_dek() for holding in owners}
    rows = [
        (str(holding), wrapped.kek, wrapped.blob)
        for holding, dek in keys.items()
        for wrapped in [ring.wrap(dek, context=_context(holding, owners[holding]))]
    ]
    _insert("INSERT INTO keys.data_key (holding, kek, wrapped) VALUES %s", rows)
    return {holding: DataKey(dek, ring.suite) for holding, dek in keys.items()}


def unlock(owners: Mapping[UUID, int | None]) -> dict[UUID, DataKey]:
    """The keys of these holdings; one that is gone is not in the answer.

    Raises `OpenFailed` for a holding that is not that subject's.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT holding, kek, wrapped FROM keys.data_key WHERE holding = ANY (%s::uuid[])",
            [[str(holding) for holding in owners]],
        )
        rows = cursor.fetchall()
    return {
        holding: unwrap(holding, owner=owners[holding], kek=kek, wrapped=bytes(wrapped))
        for holding, kek, wrapped in rows
    }


def held(holdings: Iterable[UUID]) -> set[UUID]:
    """Those of the holdings that have a key, whether or not it unwraps."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT holding FROM keys.data_key WHERE holding = ANY (%s::uuid[])",
            [[str(holding) for holding in holdings]],
        )
        return {row[0] for row in cursor.fetchall()}


def bound(after: UUID | None, *, limit: int) -> list[tuple[UUID, int, bytes]]:
    """Keys of random holdings in their order, as they lie there: number of the KEK, and wrapped."""
    with connection.cursor() as cursor:
        # Version 5 are the named ones, which are no customer's.
        cursor.execute(
            "SELECT holding, kek, wrapped FROM keys.data_key WHERE holding > %s::uuid"
            " AND substr(holding::text, 15, 1) = '4' ORDER BY holding LIMIT %s",
            [str(after or UUID(int=0)), limit],
        )
        return [(holding, kek, bytes(wrapped)) for holding, kek, wrapped in cursor.fetchall()]


def unwrap(holding: UUID, *, owner: int | None, kek: int, wrapped: bytes) -> DataKey:
    key = unwrapped(WrappedKey(kek, wrapped), context=_context(holding, owner))
    return DataKey(key, keyring().suite)


def _context(holding: UUID, owner: int | None) -> bytes:
    return context(holding.bytes, owner)


def context(holding: bytes, owner: int | None) -> bytes:
    """A whole row moved to another customer must not open: its key knows whose it is."""
    return holding + (b"" if owner is None else str(owner).encode())


def of_named(name: str) -> DataKey:
    """The key of a named holding, made at first use."""
    holding = named_holding(name)
    found = unlock({holding: None})
    if holding in found:
        return found[holding]
    ring = keyring()
    wrapped = ring.wrap(ring.new_dek(), context=_context(holding, None))
    _insert(
        "INSERT INTO keys.data_key (holding, kek, wrapped) VALUES %s ON CONFLICT DO NOTHING",
        [(str(holding), wrapped.kek, wrapped.blob)],
    )
    # Read back: another process may have been first, and only one of the two keys is kept.
    return unlock({holding: None})[holding]


def seal_stream(name: str, stream: Iterable[bytes], *, element: str) -> Iterator[bytes]:
    """Seal a file of any size under the key of a named holding."""
    key = of_named(name)
    return seal_parts(stream, key=key, context=_file_context(key, name, element))


def open_stream(name: str, stream: Iterable[bytes], *, element: str) -> Iterator[bytes]:
    """Open what `seal_stream` made; act on the whole only."""
    key = _named_key(name)
    return open_parts(stream, key=key, context=_file_context(key, name, element))


def open_file(name: str, sealed: IO[bytes], *, element: str) -> PartFile:
    """The same from a file, to be read at any place."""
    key = _named_key(name)
    return PartFile(sealed, key=key, context=_file_context(key, name, element))


def _named_key(name: str) -> DataKey:
    found = unlock({named_holding(name): None})
    if not found:
        raise NoKey
    return found[named_holding(name)]


def _file_context(key: DataKey, name: str, element: str) -> Context:
    return key.context(
        insurer=settings.CUSTODIAN_INSURER, holding=named_holding(name), element=element, version=1
    )


_FRESH = 60.0
_named: dict[str, tuple[float, DataKey]] = {}


def of_named_cached(name: str) -> DataKey:
    """The same, kept in memory for at most a minute: every entry's context needs this month's key."""
    now = time.monotonic()
    held = _named.get(name)
    if held is None or now - held[0] > _FRESH:
        held = _named[name] = (now, of_named(name))
    return held[1]


def of_named_held(name: str) -> DataKey:
    """The same for opening: a key that is gone is not made anew, but raises `NoKey`."""
    now = time.monotonic()
    held = _named.get(name)
    if held is None or now - held[0] > _FRESH:
        held = _named[name] = (now, _named_key(name))
    return held[1]


def forget() -> None:
    _named.clear()


def create_subject_keys(subjects: Iterable[int]) -> dict[int, bytes]:
    """A log key for each new subject, with which the entry of its registration is tagged."""
    ring = keyring()
    keys = {subject: ring.new_dek() for subject in subjects}
    rows: list[tuple[object, ...]] = []
    for subject, key in keys.items():
        wrapped = ring.wrap(key, context=subject_context(subject))
        rows.append((subject, key_id(key), wrapped.kek, wrapped.blob))
    _insert("INSERT INTO keys.subject_key (subject, key_id, kek, wrapped) VALUES %s", rows)
    return keys


def key_id(key: bytes) -> bytes:
    """By what a customer's log key is known when it is gone."""
    return hashlib.sha256(key).digest()[:16]


def subject_keys(wrapped: Mapping[int, tuple[int, bytes]]) -> dict[int, bytes]:
    return {
        subject: unwrapped(WrappedKey(kek, blob), context=subject_context(subject))
        for subject, (kek, blob) in wrapped.items()
    }


def subject_keys_of(subjects: Sequence[int]) -> dict[int, bytes]:
    """The log keys of these subjects; one that was destroyed is not in the answer."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT subject, kek, wrapped FROM keys.subject_key WHERE subject = ANY (%s)",
            [list(subjects)],
        )
        rows = cursor.fetchall()
    return subject_keys({subject: (kek, bytes(wrapped)) for subject, kek, wrapped in rows})


def subject_context(subject: int) -> bytes:
    return b"subject-log-key/" + str(subject).encode()


class StaleKek(Unavailable):
    """A KEK that is about to be destroyed would have wrapped the key; asked again, it is the new one."""

    code = "stale-kek"
    message = _("密钥刚刚更换，没有写入，请再试一次")


_RETIRED = "CK001"


def _insert(sql: str, rows: Sequence[tuple[object, ...]]) -> None:
    if not rows:
        return
    with connection.cursor() as cursor:
        try:
            execute_values(cursor.cursor, sql, rows, page_size=1000)
        except psycopg2.Error as error:
            if error.pgcode != _RETIRED:
                raise
            forget_keyring()
            raise StaleKek from error
