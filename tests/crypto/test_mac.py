"""The MAC is that of RFC 4231, and the same however often its key is used."""

from __future__ import annotations

import hmac
import secrets

import pytest

from custodian.crypto.mac import Mac

# Key, message and HMAC-SHA-256 of RFC 4231, section 4, cases 1 to 3, 6 and 7.
CASES = {
    "1": (b"\x0b" * 20, b"Hi There", "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"),
    "2": (b"Jefe", b"what do ya want for nothing?", "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"),
    "3": (b"\xaa" * 20, b"\xdd" * 50, "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"),
    "6": (b"\xaa" * 131, b"Test Using Larger Than Block-Size Key - Hash Key First", "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_it_is_that_of_the_rfc(case: str) -> None:
    key, message, expected = CASES[case]
    assert Mac(key).digest(message).hex() == expected


@pytest.mark.parametrize("length", [0, 1, 32, 63, 64, 65, 200])
def test_one_key_serves_many_messages(length: int) -> None:
    key = secrets.token_bytes(length)
    mac = Mac(key)
    messages = [secrets.token_bytes(size) for size in (0, 1, 55, 56, 64, 700)]
    expected = [hmac.digest(key, message, "sha256") for message in messages]
    assert [mac.digest(message) for message in messages] == mac.digests(messages) == expected
    behind = Mac(key, messages[1])
    assert behind.digest(messages[2]) == hmac.digest(key, messages[1] + messages[2], "sha256")


def test_the_key_is_in_no_text_of_it() -> None:
    key = b"sixteen-letters-"
    assert key.decode() not in repr(Mac(key))
