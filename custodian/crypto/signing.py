"""Ed25519 signatures (RFC 8032) that are valid for one purpose only."""

from __future__ import annotations

from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)

from custodian.crypto import canonical

SIGNATURE_DOMAIN = "custodian signature 1"


def sign(key: Ed25519PrivateKey, message: bytes, *, domain: str) -> bytes:
    return key.sign(canonical.encode(SIGNATURE_DOMAIN, domain, message))


def verify(key: Ed25519PublicKey, signature: bytes, message: bytes, *, domain: str) -> bool:
    try:
        key.verify(signature, canonical.encode(SIGNATURE_DOMAIN, domain, message))
    except InvalidSignature:
        return False
    return True


def public_bytes(key: Ed25519PrivateKey | Ed25519PublicKey) -> bytes:
    public = key.public_key() if isinstance(key, Ed25519PrivateKey) else key
    return public.public_bytes_raw()


def key_id(key: Ed25519PrivateKey | Ed25519PublicKey) -> str:
    """Sixteen hexadecimal digits by which people and files name a signing key."""
    return sha256(public_bytes(key)).hexdigest()[:16]
