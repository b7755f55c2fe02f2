"""The process's keyring: loaded once, and sealed with a reason when it cannot be."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from custodian.crypto.errors import KeyringSealed
from custodian.crypto.keyring import FileKeyring, Keyring
from custodian.errors import Unavailable


class Sealed(Unavailable):
    """The keyring is missing, wrong or cut; nothing can be opened until an operator unseals."""

    code = "sealed"


@cache
def _load() -> Keyring:
    return FileKeyring.load(
        settings.CUSTODIAN_KEYRING,
        insurer=settings.CUSTODIAN_INSURER,
        allow_test=not settings.PRODUCTION,
    )


def keyring() -> Keyring:
    try:
        return _load()
    except KeyringSealed as error:
        raise Sealed from error


@cache
def index_key(element: str) -> bytes:
    """The key of one element's blind index, derived once per process."""
    return keyring().index_key(element)


def sealed_because() -> str:
    """Why the keyring cannot be used, as a code; empty when it can."""
    try:
        _load()
    except KeyringSealed as error:
        return error.reason
    return ""


def forget() -> None:
    """Read the keyring anew next time (tests, and after an operator put it right)."""
    _load.cache_clear()
    index_key.cache_clear()
