"""Streams sealed to a public key whose private half is elsewhere: whoever seals them cannot open them.

The key of a stream travels in front of it under HPKE (RFC 9180: X25519, HKDF-SHA256, AES-256-GCM), bound
to the stream's header; the stream itself is sealed in parts (`docs/stored-format.md`).
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import stat
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from typing import IO
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM
from cryptography.hazmat.primitives.hpke import Suite as Hpke

from custodian.crypto.committing import SECRET_LENGTH
from custodian.crypto.envelope import Context, DataKey
from custodian.crypto.errors import CryptoError, OpenFailed
from custodian.crypto.parts import open_parts, seal_parts
from custodian.crypto.suites import Suite

FORMAT = "custodian backup 1"
PUBLIC = "x25519:"
CHUNK = 1 << 18
_HPKE = Hpke(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_WRAPPED_LENGTH = 32 + SECRET_LENGTH + 16
_MOST_HEADER = 4096


class BadBackupKey(CryptoError):
    """The backup key cannot be read, or others could read it; the message is a code."""


@dataclass(frozen=True, kw_only=True)
class Header:
    """What a sealed stream says of itself in clear; it opens under exactly these words."""

    insurer: str
    backup: str  # a UUID
    stream: str
    at: str
    key: str  # the id of the key that opens it

    def line(self) -> bytes:
        return json.dumps({"format": FORMAT, **asdict(self)}, sort_keys=True).encode() + b"\n"

    @classmethod
    def parse(cls, line: bytes) -> Header:
        try:
            said = json.loads(line)
            if said.pop("format") != FORMAT:
                raise OpenFailed
            header = cls(**said)
            UUID(header.backup)
        except (ValueError, TypeError, KeyError, AttributeError):
            raise OpenFailed from None
        if header.line() != line:
            raise OpenFailed
        return header


def create(path: Path) -> X25519PublicKey:
    """Make a private key in a file of mode 0600; an existing file is never touched."""
    private = X25519PrivateKey.generate()
    text = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise BadBackupKey("exists") from None
    with os.fdopen(descriptor, "wb") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    return private.public_key()


def load(path: Path) -> X25519PrivateKey:
    """Raises `BadBackupKey` for a file that is missing, open to others, or no such key."""
    try:
        with path.open("rb") as file:
            if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
                raise BadBackupKey("open-permissions")
            key = serialization.load_pem_private_key(file.read(), password=None)
    except OSError:
        raise BadBackupKey("missing") from None
    except (ValueError, TypeError):
        raise BadBackupKey("malformed") from None
    if not isinstance(key, X25519PrivateKey):
        raise BadBackupKey("malformed")
    return key


def public_text(key: X25519PublicKey) -> str:
    return PUBLIC + base64.b64encode(key.public_bytes_raw()).decode()


def parse_public(text: str) -> X25519PublicKey:
    try:
        raw = base64.b64decode(text.strip().removeprefix(PUBLIC), validate=True)
        return X25519PublicKey.from_public_bytes(raw)
    except (ValueError, binascii.Error):
        raise BadBackupKey("malformed") from None


def key_id(key: X25519PublicKey) -> str:
    return sha256(key.public_bytes_raw()).hexdigest()[:16]


def seal(stream: Iterable[bytes], *, to: X25519PublicKey, header: Header) -> Iterator[bytes]:
    """Seal a stream of any size in constant memory, under a key that is forgotten at its end."""
    secret, line = os.urandom(SECRET_LENGTH), header.line()
    yield line
    yield _HPKE.encrypt(secret, to, info=line)
    key = DataKey(secret, Suite.AES_256_GCM)
    yield from seal_parts(stream, key=key, context=_context(key, header))


def open_box(file: IO[bytes], *, key: X25519PrivateKey) -> tuple[Header, Iterator[bytes]]:
    """The header and the stream; parts come before the end is known, so act on the whole only."""
    line = file.readline(_MOST_HEADER)
    header = Header.parse(line)
    try:
        secret = _HPKE.decrypt(file.read(_WRAPPED_LENGTH), key, info=line)
    except (InvalidTag, ValueError):
        raise OpenFailed from None
    opened = DataKey(secret, Suite.AES_256_GCM)
    chunks = iter(lambda: file.read(CHUNK), b"")
    return header, open_parts(chunks, key=opened, context=_context(opened, header))


def _context(key: DataKey, header: Header) -> Context:
    return key.context(
        insurer=header.insurer,
        holding=UUID(header.backup),
        element=f"backup/{header.stream}",
        version=1,
    )
