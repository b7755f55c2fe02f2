"""The file of a package, byte by byte; `docs/package-format.md` tells it to whoever reads it elsewhere.

    MAGIC · length of the header (4) · header · wrapped key (1,168) · frames … · trailer (128)

Numbers are big-endian. Nothing of a file is interpreted before its signature holds: the trailer has a fixed
length, and the signature covers the root of a tree over blocks of equal length, whatever they hold.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from custodian.crypto import canonical
from transfers.packages.errors import PackageRefused

MAGIC: Final = b"CUSTODIAN BOOK 1"
SUITE: Final = "HPKE-X25519MLKEM768-SHA256-AES256GCM"
SIGNATURE_DOMAIN: Final = "custodian book 1"
BLOCK: Final = 1 << 20
LONGEST_HEADER: Final = 1 << 16
LONGEST_FRAME: Final = 1 << 26
END: Final = b"BOOK END"
LENGTH = struct.Struct(">I")
FRAME = struct.Struct(">BI")
_TRAILER = struct.Struct(">8sQ32s8s64s8x")
TRAILER_LENGTH: Final = _TRAILER.size


class Frame(IntEnum):
    """What a frame is. A segment opens a run of frames under a key of its own."""

    SEGMENT = 1
    RECORD = 2
    FILE = 3
    LINE = 4
    MANIFEST = 5


@dataclass(frozen=True)
class Trailer:
    """The last bytes of a file: how long the rest is, the root over its blocks, who signed it."""

    length: int
    root: bytes
    key: bytes  # the first eight bytes of the SHA-256 of the signing key
    signature: bytes

    def pack(self) -> bytes:
        return _TRAILER.pack(END, self.length, self.root, self.key, self.signature)

    @property
    def key_id(self) -> str:
        return self.key.hex()

    @classmethod
    def read(cls, raw: bytes) -> Trailer:
        """Raises `PackageRefused` for anything that is no trailer."""
        if len(raw) != TRAILER_LENGTH:
            raise PackageRefused("not-a-package")
        end, length, root, key, signature = _TRAILER.unpack(raw)
        trailer = cls(length, root, key, signature)
        if end != END or trailer.pack() != raw:
            raise PackageRefused("not-a-package")
        return trailer


def signed(length: int, root: bytes, key: bytes) -> bytes:
    """The message under the signature."""
    return canonical.encode(MAGIC, length, root, key)
