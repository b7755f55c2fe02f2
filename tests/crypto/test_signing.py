from __future__ import annotations

import json
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from custodian.crypto import signing

FROZEN = json.loads((Path(__file__).parents[1] / "vectors" / "envelope.json").read_text("utf-8"))
KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))
SIGNED = signing.sign(KEY, b"message", domain="receipt")


def test_a_signature_verifies_for_its_key_message_and_domain() -> None:
    assert signing.verify(KEY.public_key(), SIGNED, b"message", domain="receipt")


@pytest.mark.parametrize(
    ("key", "signature", "message", "domain"),
    [
        (OTHER, SIGNED, b"message", "receipt"),
        (KEY, SIGNED, b"massage", "receipt"),
        (KEY, SIGNED, b"message", "certificate"),
        (KEY, SIGNED[:-1] + bytes([SIGNED[-1] ^ 1]), b"message", "receipt"),
        (KEY, SIGNED[:-1], b"message", "receipt"),
        (KEY, b"", b"message", "receipt"),
        (KEY, KEY.sign(b"message"), b"message", "receipt"),
    ],
)
def test_anything_else_does_not_verify(
    key: Ed25519PrivateKey, signature: bytes, message: bytes, domain: str
) -> None:
    assert not signing.verify(key.public_key(), signature, message, domain=domain)


def test_message_and_domain_cannot_trade_bytes() -> None:
    signature = signing.sign(KEY, b"bc", domain="a")
    assert not signing.verify(KEY.public_key(), signature, b"c", domain="ab")


def test_ed25519_gives_the_answer_of_rfc_8032() -> None:
    key = Ed25519PrivateKey.from_private_bytes(
        bytes.fromhex("9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60")
    )
    public = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert signing.public_bytes(key).hex() == public
    assert key.sign(b"").hex().startswith("e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e0")


def test_a_key_is_named_by_its_public_half() -> None:
    assert signing.key_id(KEY) == signing.key_id(KEY.public_key()) != signing.key_id(OTHER)
    assert len(signing.key_id(KEY)) == 16


def test_the_frozen_signature_holds() -> None:
    frozen = FROZEN["keyring"]["signature"]
    raw = bytes.fromhex(FROZEN["keyring"]["signing_keys"]["checkpoint"])
    key = Ed25519PublicKey.from_public_bytes(raw)
    assert signing.key_id(key) == frozen["key_id"]
    signature, message = bytes.fromhex(frozen["signature"]), bytes.fromhex(frozen["message"])
    assert signing.verify(key, signature, message, domain=frozen["domain"])
