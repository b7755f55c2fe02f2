"""The one-time key pair that a package is sealed to, X25519 beside ML-KEM-768 (RFC 9180, FIPS 203).

The buyer makes a pair for each transfer and destroys it at its end, so that a package which somebody kept on
the way opens for nobody afterwards, and a computer of the future that breaks the curve has the lattice left.
"""

from __future__ import annotations

import os
from hashlib import sha256
from typing import Final, NoReturn

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey, MLKEM768PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import (
    AEAD,
    KDF,
    KEM,
    MLKEM768X25519PrivateKey,
    MLKEM768X25519PublicKey,
    Suite,
)

from transfers.packages.errors import PackageRefused

SECRET_LENGTH: Final = 32
_X25519, _SEED, _MLKEM_PUBLIC = 32, 64, 1184
PRIVATE_LENGTH: Final = _X25519 + _SEED
PUBLIC_LENGTH: Final = _X25519 + _MLKEM_PUBLIC
WRAPPED_LENGTH: Final = 1120 + SECRET_LENGTH + 16
_HPKE = Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class Recipient:
    """The public half: 32 bytes of X25519, then 1,184 of ML-KEM-768."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != PUBLIC_LENGTH:
            raise ValueError("a public hand-over key has 1,216 bytes")
        self.raw = raw
        self._key = MLKEM768X25519PublicKey(
            MLKEM768PublicKey.from_public_bytes(raw[_X25519:]),
            X25519PublicKey.from_public_bytes(raw[:_X25519]),
        )

    @property
    def key_id(self) -> str:
        return sha256(self.raw).hexdigest()[:16]

    def wrap(self, secret: bytes, *, info: bytes) -> bytes:
        """The secret for this recipient alone; it opens only beside the same `info`."""
        return _HPKE.encrypt(secret, self._key, info=info)


class OwnKey:
    """The private half: 96 bytes, which never leave the installation that made them."""

    def __init__(self, raw: bytes) -> None:
        if len(raw) != PRIVATE_LENGTH:
            raise ValueError("a private hand-over key has 96 bytes")
        curve = X25519PrivateKey.from_private_bytes(raw[:_X25519])
        lattice = MLKEM768PrivateKey.from_seed_bytes(raw[_X25519:])
        self._key = MLKEM768X25519PrivateKey(lattice, curve)
        self.public = Recipient(
            curve.public_key().public_bytes_raw() + lattice.public_key().public_bytes_raw()
        )

    @staticmethod
    def draw() -> bytes:
        return os.urandom(PRIVATE_LENGTH)

    def unwrap(self, wrapped: bytes, *, info: bytes) -> bytes:
        """Raises `PackageRefused` for a secret that was sealed to somebody else, or beside other words."""
        try:
            secret = _HPKE.decrypt(wrapped, self._key, info=info)
        except (InvalidTag, ValueError):
            raise PackageRefused("does-not-open") from None
        if len(secret) != SECRET_LENGTH:
            raise PackageRefused("does-not-open")
        return secret

    def __repr__(self) -> str:
        return f"<hand-over key {self.public.key_id}>"

    def __reduce__(self) -> NoReturn:
        raise TypeError("keys are not pickled")
