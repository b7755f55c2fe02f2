"""One byte string for a sequence of typed parts, such that no two sequences share one."""

from __future__ import annotations

from struct import Struct
from uuid import UUID

Part = bytes | str | int | UUID

BYTES, INTEGER, TEXT, IDENTIFIER = b"b", b"i", b"s", b"u"
_HEAD = Struct(">cI").pack


def encode(*parts: Part) -> bytes:
    """Each part is one type letter, its length as four big-endian bytes, then its bytes."""
    encoded: list[bytes] = []
    for part in parts:
        tag, body = _tagged(part)
        encoded += (_HEAD(tag, len(body)), body)
    return b"".join(encoded)


def _tagged(part: Part) -> tuple[bytes, bytes]:
    if isinstance(part, str):
        return TEXT, part.encode()
    if isinstance(part, bytes):
        return BYTES, part
    if isinstance(part, UUID):
        return IDENTIFIER, part.bytes
    # A truth value is an int to Python, and would be taken for the number 0 or 1.
    if isinstance(part, int) and not isinstance(part, bool):
        return INTEGER, b"%d" % part
    raise TypeError(f"cannot encode a {type(part).__name__}")
