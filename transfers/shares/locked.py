"""A file locked with a one-time passphrase: a ZIP archive with AES-256 (WinZip's AE-2).

Archivers that people have, such as 7-Zip, open it. The passphrase is drawn here from 150 random bits and is
good for one file, so the format's few rounds of PBKDF2 weaken nothing. Whoever opens it learns by the
format's own HMAC whether it is whole.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import struct
import zlib
from typing import Final

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

# Without letters and digits that look alike; 32 of them, so that each stands for five bits.
_LETTERS: Final = "23456789abcdefghijkmnpqrstuvwxyz"
_GROUPS, _IN_GROUP = 6, 5
SALT, CHECK, MAC, ROUNDS = 16, 2, 10, 1000
_BLOCK: Final = 16
_AES, _DEFLATE, _VERSION = 99, 8, 51
_UTF8_ENCRYPTED: Final = 0x0801
_EXTRA: Final = struct.pack("<HHH2sBH", 0x9901, 7, 2, b"AE", 3, _DEFLATE)
_NO_TIME, _FIRST_DAY = 0, 0x21


def passphrase() -> str:
    """Six groups of five, to be told by another way than the one that the file goes."""
    drawn = "".join(secrets.choice(_LETTERS) for _each in range(_GROUPS * _IN_GROUP))
    return "-".join(drawn[at : at + _IN_GROUP] for at in range(0, len(drawn), _IN_GROUP))


def lock(content: bytes, *, name: str, secret: str) -> bytes:
    """The archive with this one file in it."""
    squeezed = _deflated(content)
    salt = os.urandom(SALT)
    derived = hashlib.pbkdf2_hmac("sha1", secret.encode(), salt, ROUNDS, 2 * 32 + CHECK)
    body = _counted(squeezed, derived[:32])
    mac = hmac.digest(derived[32:64], body, "sha1")[:MAC]
    stored = salt + derived[64:] + body + mac
    return _archive(stored, name.encode(), len(content))


def _deflated(content: bytes) -> bytes:
    squeezing = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return squeezing.compress(content) + squeezing.flush()


def _counted(content: bytes, key: bytes) -> bytes:
    """AES in counter mode; the format counts from one, in little-endian blocks."""
    blocks = -(-len(content) // _BLOCK)
    counters = b"".join(number.to_bytes(_BLOCK, "little") for number in range(1, blocks + 1))
    encrypting = Cipher(algorithms.AES(key), modes.ECB()).encryptor()  # noqa: S305  of counters
    stream = (encrypting.update(counters) + encrypting.finalize())[: len(content)]
    mixed = int.from_bytes(content, "big") ^ int.from_bytes(stream, "big")
    return mixed.to_bytes(len(content), "big")


def _archive(stored: bytes, name: bytes, length: int) -> bytes:
    sizes = (len(stored), length, len(name), len(_EXTRA))
    # AE-2 leaves the checksum out: it would tell of a short content what it is.
    common = (_UTF8_ENCRYPTED, _AES, _NO_TIME, _FIRST_DAY, 0, *sizes)
    local = struct.pack("<4s5H3L2H", b"PK\x03\x04", _VERSION, *common) + name + _EXTRA
    central = (
        struct.pack("<4s6H3L5H2L", b"PK\x01\x02", _VERSION, _VERSION, *common, 0, 0, 0, 0, 0)
        + name
        + _EXTRA
    )
    start = len(local) + len(stored)
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(central), start, 0)
    return local + stored + central + end
