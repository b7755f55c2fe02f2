"""What can go wrong with keys and sealed bytes, without telling why a value did not open."""

from __future__ import annotations


class CryptoError(Exception):
    """Base of everything this package raises on purpose."""


class OpenFailed(CryptoError):
    """Sealed bytes did not open. Key, context, version and damage all look the same."""

    def __init__(self) -> None:
        super().__init__("sealed bytes did not open")


class KeyringExists(CryptoError):
    """A keyring is already there, and it is never overwritten."""

    def __init__(self) -> None:
        super().__init__("a keyring already exists at this path")


class KeyringSealed(CryptoError):
    """The keyring cannot be used; `reason` is a stable code for health pages and alarms."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"keyring sealed: {reason}")
        self.reason = reason
