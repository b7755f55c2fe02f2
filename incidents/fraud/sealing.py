"""What people write in a case: sealed under the case's own key, each text bound to its place."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import connection

from access import keystore
from access.keystore import DataKey, NoKey
from custodian.crypto.errors import CryptoError


def holding_of(ref: UUID) -> UUID:
    return keystore.named_holding(_name(ref))


def seal(ref: UUID, place: str, text: str) -> bytes:
    """`ref` is the case's or the list's; `place` says which text it is."""
    key = keystore.of_named(_name(ref))
    return key.seal(text.encode(), context=_context(key, ref, place))


def opened(ref: UUID, place: str, sealed: bytes | memoryview | None) -> str:
    """Empty where nothing was written, or nothing opens it any more."""
    if sealed is None:
        return ""
    try:
        key = keystore.of_named_held(_name(ref))
        return key.open(bytes(sealed), context=_context(key, ref, place)).decode()
    except (NoKey, CryptoError):
        return ""


def forget(ref: UUID) -> None:
    """Destroy the key; what it sealed opens nowhere from then on."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT incidents_forget_fraud(%s)", [str(holding_of(ref))])
    keystore.forget()


def _name(ref: UUID) -> str:
    return f"fraud/{ref}"


def _context(key: DataKey, ref: UUID, place: str) -> Any:
    return key.context(
        insurer=settings.CUSTODIAN_INSURER,
        holding=holding_of(ref),
        element=f"fraud.{place}",
        version=1,
    )
