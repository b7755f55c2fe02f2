"""The process's keyring: asked for every few seconds, and sealed with a reason while it cannot be had."""

from __future__ import annotations

import threading
from time import monotonic

import structlog
from django.conf import settings

from custodian.crypto.errors import KeyringSealed
from custodian.crypto.keyring import Address, FileKeyring, Keyring, WrappedKey
from custodian.errors import Unavailable

# Seconds. What is in memory is never older than `FRESH` when it is used; a source that does not answer is
# borne for `LASTS`, so that a process seals itself within a minute; and no storm of questions reaches it.
FRESH = 5.0
LASTS = 45.0
PAUSE = 1.0
_log = structlog.get_logger("custodian")


class Sealed(Unavailable):
    """The keyring is missing, wrong or cut; nothing can be opened until an operator unseals."""

    code = "sealed"


class _Held:
    """What this process knows of the keyring, and when it last asked and was answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.clear()

    def clear(self) -> None:
        self.ring: FileKeyring | None = None
        self.error: KeyringSealed | None = None
        self.asked = self.answered = self.missed = float("-inf")

    def get(self) -> FileKeyring:
        """Raises `KeyringSealed`."""
        wait = PAUSE if self.error else FRESH
        # Without a ring another thread may be reading the first one just now: that is waited for.
        if self.ring is None or monotonic() - self.asked >= wait:
            self.ask()
        if self.ring is None:
            raise self.error or KeyringSealed("missing")
        return self.ring

    def ask(self) -> None:
        """Read the source anew; whoever comes while another thread does so goes on with what there is."""
        if self._lock.acquire(blocking=self.ring is None):
            try:
                if monotonic() - self.asked >= PAUSE:
                    self._read()
            finally:
                self._lock.release()

    def ask_past(self, known: Keyring) -> None:
        """Read the source anew because `known` has not got a key; once a second, whoever misses one."""
        with self._lock:
            if self.ring is known and monotonic() - self.missed >= PAUSE:
                self.missed = monotonic()
                self._read()

    def _read(self) -> None:
        self.asked = monotonic()
        try:
            fresh = load()
        except KeyringSealed as error:
            if self.error is None:
                _log.warning("keyring-does-not-answer", reason=error.reason)
            self.error = error
            if self.asked - self.answered > LASTS:
                self.ring = None
            return
        if self.error is not None:
            _log.info("keyring-answers-again")
        self.error, self.answered = None, self.asked
        if self.ring is None or not self.ring.same_as(fresh):
            self.ring = fresh


_held = _Held()


def load() -> FileKeyring:
    """The keyring as its source has it now, for whoever changes it. Raises `KeyringSealed`."""
    return FileKeyring.load(
        settings.CUSTODIAN_KEYRING,
        insurer=settings.CUSTODIAN_INSURER,
        allow_test=not settings.PRODUCTION,
        token=token(),
    )


def token() -> Address | None:
    """Where the KEKs are, if they are not in the file."""
    if settings.CUSTODIAN_KEK_PROVIDER != "pkcs11":
        return None
    return Address(
        settings.CUSTODIAN_PKCS11_MODULE,
        settings.CUSTODIAN_PKCS11_TOKEN,
        settings.CUSTODIAN_PKCS11_PIN,
    )


def keyring() -> Keyring:
    try:
        return _held.get()
    except KeyringSealed as error:
        raise Sealed from error


def unwrap(wrapped: WrappedKey, *, context: bytes) -> bytes:
    """A key under whichever KEK; one that this process has not met makes it ask for the keyring anew."""
    ring = keyring()
    try:
        return ring.unwrap(wrapped, context=context)
    except KeyringSealed as error:
        if error.reason != "unknown-kek":
            raise
        _held.ask_past(ring)
        return keyring().unwrap(wrapped, context=context)


def index_key(element: str, *, version: int = 0) -> bytes:
    """The key of one element's blind index; version 0 is the one that is written with."""
    return keyring().index_key(element, version=version)


def index_versions() -> tuple[int, ...]:
    """Every version that may lie in the database, the one that is written with first."""
    return keyring().index_versions


def source_key(name: str) -> bytes:
    """The key of fingerprints of what is not kept, which therefore never change."""
    return keyring().source_key(name)


def sealed_because() -> str:
    """Why the keyring cannot be used, as a code; empty when it can."""
    try:
        _held.get()
    except KeyringSealed as error:
        return error.reason
    return ""


def forget() -> None:
    """Read the keyring anew next time (tests, and after it was changed here)."""
    _held.clear()
