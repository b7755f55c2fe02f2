"""Known answers, key commitment and nonce uniqueness."""

from __future__ import annotations

import os
from pathlib import Path
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.ciphers.algorithms import AES, SM4
from cryptography.hazmat.primitives.ciphers.modes import ECB

from custodian.crypto.committing import Kind
from custodian.crypto.envelope import Context, DataKey, open_sealed
from custodian.crypto.errors import OpenFailed
from custodian.crypto.suites import Suite

CONTEXT = Context("QH", UUID(int=1), "identity.name", 1, b"")


def test_sm4_gcm_gives_the_answer_of_rfc_8998() -> None:
    key = bytes.fromhex("0123456789abcdeffedcba9876543210")
    nonce = bytes.fromhex("00001234567800000000abcd")
    aad = bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    plaintext = b"".join(bytes([b]) * 8 for b in bytes.fromhex("aabbccddeeffeeaa"))
    sealed = bytes.fromhex(
        "17f399f08c67d5ee19d0dc9969c4bb7d5fd46fd3756489069157b282bb200735"
        "d82710ca5c22f0ccfa7cbf93d496ac15a56834cbcf98c397b4024a2691233b8d"
        "83de3541e4c2b58177e065a9bf7b62ec"
    )
    aead = Suite.SM4_GCM.aead(key)
    assert aead.seal(nonce, plaintext, aad) == sealed
    assert aead.open(nonce, sealed, aad) == plaintext


def test_sm4_gives_the_answer_of_gb_t_32907() -> None:
    block = bytes.fromhex("0123456789abcdeffedcba9876543210")
    encryptor = Cipher(SM4(block), ECB()).encryptor()
    assert encryptor.update(block).hex() == "681edf34d206965e86b3e94f536e4246"


def test_aes_256_gcm_gives_the_answer_of_the_gcm_specification() -> None:
    # McGrew and Viega, test case 14: all-zero key, nonce and block.
    aead = Suite.AES_256_GCM.aead(bytes(32))
    sealed = "cea7403d4d606b6e074ec5d3baf39d18" + "d0d1c8a799996bf0265b98b5d48ab919"
    assert aead.seal(bytes(12), bytes(16), b"").hex() == sealed


@pytest.mark.parametrize("suite", list(Suite))
def test_a_key_that_does_not_fit_the_suite_is_refused(suite: Suite) -> None:
    with pytest.raises(ValueError, match="does not fit"):
        suite.aead(bytes(24))


@pytest.mark.parametrize("suite", list(Suite))
@pytest.mark.parametrize("sealed", [b"", b"x" * 15, b"x" * 16])
def test_bytes_without_a_good_tag_are_refused(suite: Suite, sealed: bytes) -> None:
    with pytest.raises(OpenFailed):
        suite.aead(bytes(suite.key_length)).open(bytes(12), sealed, b"")


# A16. GHASH is linear, so one free block of ciphertext makes the tags of two keys agree.

REDUCTION = 0xE1 << 120


def multiply(x: int, y: int) -> int:
    product = 0
    for bit in range(127, -1, -1):
        if x >> bit & 1:
            product ^= y
        y = y >> 1 ^ (REDUCTION if y & 1 else 0)
    return product


def inverse(x: int) -> int:
    result, power = 1 << 127, x
    for _ in range(127):
        power = multiply(power, power)
        result = multiply(result, power)
    return result


def ghash(h: int, aad: bytes, body: bytes) -> int:
    blocks = b"".join(part + bytes(-len(part) % 16) for part in (aad, body))
    blocks += (len(aad) * 8).to_bytes(8, "big") + (len(body) * 8).to_bytes(8, "big")
    total = 0
    for at in range(0, len(blocks), 16):
        total = multiply(total ^ int.from_bytes(blocks[at : at + 16], "big"), h)
    return total


def two_key_ciphertext(keys: list[bytes], nonce: bytes, aads: list[bytes]) -> bytes:
    def block(key: bytes, data: bytes) -> int:
        return int.from_bytes(Cipher(AES(key), ECB()).encryptor().update(data), "big")

    body = b"attack at dawn!!" + bytes(16)
    hs = [block(key, bytes(16)) for key in keys]
    tags = [
        ghash(h, aad, body) ^ block(key, nonce + b"\x00\x00\x00\x01")
        for key, h, aad in zip(keys, hs, aads, strict=True)
    ]
    squares = multiply(hs[0], hs[0]) ^ multiply(hs[1], hs[1])
    free = multiply(tags[0] ^ tags[1], inverse(squares))
    tag = tags[0] ^ multiply(free, multiply(hs[0], hs[0]))
    return body[:16] + free.to_bytes(16, "big") + tag.to_bytes(16, "big")


def test_a16_a_blob_that_plain_gcm_opens_under_two_keys_is_refused_under_both() -> None:
    deks, nonce = [b"1" * 32, b"2" * 32], b"n" * 12
    ours = [DataKey(dek, Suite.AES_256_GCM) for dek in deks]

    raw = two_key_ciphertext(deks, nonce, [b"", b""])
    opened = {AESGCM(dek).decrypt(nonce, raw, None) for dek in deks}
    assert len(opened) == 2
    for dek in deks:
        for blob in (raw, nonce + raw):
            with pytest.raises(OpenFailed):
                open_sealed(blob, dek=dek, context=CONTEXT)

    # Now with all our framing right: the derived keys, the true associated data.
    framed = two_key_ciphertext_in_our_frame(ours, nonce)
    for forged in (b"\x00" * 32, b"\xff" * 32):
        for key in ours:
            with pytest.raises(OpenFailed):
                key.open(framed(forged), context=CONTEXT)


def two_key_ciphertext_in_our_frame(keys: list[DataKey], nonce: bytes):
    aad = CONTEXT.aad("custodian value 1", Suite.AES_256_GCM)
    encryption_keys = [derived_encryption_key(key) for key in keys]
    sealed = two_key_ciphertext(encryption_keys, nonce, [aad, aad])
    header = bytes([Kind.VALUE, Suite.AES_256_GCM]) + (1).to_bytes(4, "big")
    return lambda commitment: header + commitment + nonce + sealed


def derived_encryption_key(key: DataKey) -> bytes:
    from custodian.crypto.committing import derive
    from custodian.crypto.envelope import DEK_SALT

    return derive(key._dek, salt=DEK_SALT, info=bytes([key.suite]), length=112)[:32]


def test_a16_a_commitment_lets_a_two_key_blob_open_under_its_own_key_only() -> None:
    keys = [DataKey(b"1" * 32, Suite.AES_256_GCM), DataKey(b"2" * 32, Suite.AES_256_GCM)]
    framed = two_key_ciphertext_in_our_frame(keys, b"n" * 12)
    for own, other in (keys, keys[::-1]):
        # That it opens under its own key shows that only the commitment keeps the other out.
        assert own.open(framed(own.commitment), context=CONTEXT)
        with pytest.raises(OpenFailed):
            other.open(framed(own.commitment), context=CONTEXT)


def test_a17_forked_processes_never_repeat_a_nonce_under_one_key(tmp_path: Path) -> None:
    workers, seals = 4, 50_000
    key = DataKey(b"1" * 32, Suite.AES_256_GCM)
    key.seal(b"used before the fork", context=CONTEXT)
    children = []
    for worker in range(workers):
        child = os.fork()
        if child == 0:
            nonces = [key.seal(b"x", context=CONTEXT)[38:50] for _ in range(seals)]
            (tmp_path / str(worker)).write_bytes(b"".join(nonces))
            os._exit(0)
        children.append(child)
    assert [os.waitpid(child, 0)[1] for child in children] == [0] * workers
    written = b"".join((tmp_path / str(worker)).read_bytes() for worker in range(workers))
    nonces = {written[at : at + 12] for at in range(0, len(written), 12)}
    assert len(nonces) == workers * seals
