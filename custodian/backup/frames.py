"""What both kinds of streams are made of: frames of a type letter, a length of four big-endian bytes, bytes.

`z` ends a stream, so that none can be cut off unnoticed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from custodian.backup.errors import BackupRefused

END: Final = b"z"
Frame = tuple[bytes, bytes]


def frame(kind: bytes, body: bytes = b"") -> bytes:
    return kind + len(body).to_bytes(4, "big") + body


def said(kind: bytes, facts: Mapping[str, Any]) -> bytes:
    return frame(kind, json.dumps(facts).encode())


def told(body: bytes) -> dict[str, Any]:
    """What `said` put into a frame."""
    try:
        facts = json.loads(body)
    except ValueError:
        raise BackupRefused("file-altered") from None
    if not isinstance(facts, dict):
        raise BackupRefused("file-altered")
    return facts


def unframed(stream: Iterable[bytes]) -> Iterator[Frame]:
    """All frames before the last. Raises `BackupRefused` where the stream does not end with that."""
    held = bytearray()
    ended = False
    for piece in stream:
        held += piece
        while len(held) >= 5 and len(held) >= (end := 5 + int.from_bytes(held[1:5], "big")):
            kind, body = bytes(held[:1]), bytes(held[5:end])
            del held[:end]
            if ended:
                raise BackupRefused("file-altered")
            ended = kind == END
            if not ended:
                yield kind, body
    if held or not ended:
        raise BackupRefused("file-altered")
