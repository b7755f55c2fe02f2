"""Packages of invented records, without a database."""

from __future__ import annotations

import io
import tempfile
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from custodian.crypto import signing
from transfers.packages.header import Content, Header, Party
from transfers.packages.reading import Package, verify
from transfers.packages.recipient import OwnKey
from transfers.packages.writing import Writer

SELLER = Ed25519PrivateKey.from_private_bytes(b"s" * 32)
BUYER = OwnKey(b"b" * 96)
SECRET = b"k" * 32
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def header(**changes: object) -> Header:
    facts: dict[str, object] = {
        "package": UUID(int=7),
        "transfer": UUID(int=9),
        "number": 1,
        "content": Content.BOOK,
        "seller": Party(code="QH", name="清河人寿"),
        "buyer": Party(code="HX", name="恒信人寿"),
        "recipient": BUYER.public.key_id,
        "made_at": NOW,
        "valid_until": NOW + timedelta(days=30),
        "frozen_at": NOW - timedelta(days=5),
    }
    return Header(**{**facts, **changes})  # type: ignore[arg-type]


def made(records: Iterable[bytes], *, each: int = 3, manifest: bytes = b"{}") -> bytes:
    with tempfile.TemporaryFile() as file:
        writer = Writer(file, header=header(), secret=SECRET, recipient=BUYER.public)
        for number, record in enumerate(records):
            if number % each == 0:
                writer.checkpoint()
            writer.record(record)
        writer.finish(manifest, key=SELLER)
        file.seek(0)
        return file.read()


def key_of(key_id: str) -> Ed25519PublicKey | None:
    return SELLER.public_key() if key_id == signing.key_id(SELLER) else None


def verified(raw: bytes) -> Package:
    return verify(io.BytesIO(raw), key_of=key_of)


def records_of(raw: bytes) -> list[bytes]:
    package = verified(raw)
    frames = package.frames(io.BytesIO(raw), package.secret(BUYER))
    return [frame.body for frame in frames if frame.kind.name == "RECORD"]


def drawn(count: int) -> list[bytes]:
    return [f"{number}:{uuid4()}".encode() * (number % 40 + 1) for number in range(count)]
