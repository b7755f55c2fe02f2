"""One byte string for a sequence of typed parts, such that no two sequences share one."""

from __future__ import annotations

from uuid import UUID

Part = bytes | str | int | UUID

BYTES, INTEGER, TEXT, IDENTIFIER = b"b", b"i", b"s", b"u"


def encode(*parts: Part) -> bytes:
    """Each part is one type letter, its length as four big-endian bytes, then its bytes."""
    return b"".join([_encode_part(part) for part in parts])


def _encode_part(part: Part) -> bytes:
    if type(part) is str:
        tag, body = TEXT, part.encode()
    elif type(part) is bytes:
        tag, body = BYTES, part
    elif type(part) is int:
        tag, body = INTEGER, b"%d" % part
    elif type(part) is UUID:
        tag, body = IDENTIFIER, part.bytes
    else:
        # Subclasses (bool, enums, bytearray) are refused: they would share an encoding.
        raise TypeError(f"cannot encode a {type(part).__name__}")
    return tag + len(body).to_bytes(4, "big") + body
