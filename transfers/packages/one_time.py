"""Secrets of packages while they are needed: each sealed under a key of its own, and gone with it."""

from __future__ import annotations

import os
from typing import Any, NamedTuple
from uuid import UUID, uuid4

from django.conf import settings
from django.db import connection

from access import keystore
from transfers.packages.recipient import SECRET_LENGTH

_ELEMENT = "package.secret"


class Held(NamedTuple):
    """What a row keeps: the holding, and the secret sealed under its key."""

    holding: UUID
    sealed: bytes


def fresh() -> bytes:
    return os.urandom(SECRET_LENGTH)


def hold(secret: bytes) -> Held:
    holding = uuid4()
    key = keystore.create({holding: None})[holding]
    return Held(holding, key.seal(secret, context=_context(key, holding)))


def release(holding: UUID | None, sealed: bytes | memoryview | None) -> bytes:
    """The secret. Raises `NoKey` once it is gone, `OpenFailed` for another one's row."""
    key = keystore.unlock({holding: None}).get(holding) if holding else None
    if key is None or sealed is None or holding is None:
        raise keystore.NoKey
    return key.open(bytes(sealed), context=_context(key, holding))


def forget(holding: UUID | None) -> None:
    """Destroy the key; the row must have let the sealed secret go before."""
    if holding is not None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT transfers_forget(%s)", [str(holding)])


def _context(key: keystore.DataKey, holding: UUID) -> Any:
    return key.context(
        insurer=settings.CUSTODIAN_INSURER, holding=holding, element=_ELEMENT, version=1
    )
