"""The keyed marks of writers: they show a rewriting of entries that happened before these were sealed."""

from __future__ import annotations

import json
from binascii import hexlify
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from access.querylog.leaf import MARK_DOMAIN, MARK_LENGTH, mark
from access.verification.rows import Row
from custodian.crypto.mac import Mac

# What the sequencer writes of itself. It holds no key to customers' data, so it cannot mark.
UNMARKED = frozenset({"codes", "key.rotate", "roll", "void", "writer.close"})
_PLACE = ("w", "ws", "wp", "at", "om")
_HEAD, _TAIL = b'"wm":"', b'",'


def unfit(key: bytes, entries: Iterable[Row]) -> Iterator[int]:
    """Indexes of entries whose mark does not fit what they say; `key` is that of the marks."""
    digest, head, length = Mac(key).digest, len(_HEAD), 2 * MARK_LENGTH
    for entry in entries:
        # As it lies: a canonical leaf need not be taken apart for what stands around its mark.
        leaf = entry[1]
        at = leaf.rfind(_HEAD)
        start, end = at + head, at + head + length
        if at >= 0 and leaf.startswith(_TAIL, end):
            body = MARK_DOMAIN + leaf[:at] + leaf[end + len(_TAIL) :]
            if hexlify(digest(body)[:MARK_LENGTH]) == leaf[start:end]:
                continue
        if not _fits(key, leaf):
            yield entry[0]


def _fits(key: bytes, raw: bytes) -> bool:
    try:
        leaf = json.loads(raw)
        if "wm" in leaf:
            body = {name: value for name, value in leaf.items() if name != "wm"}
            return bool(mark(key, body) == leaf["wm"])
        if "om" in leaf:
            body = {name: value for name, value in leaf.items() if name not in _PLACE}
            return bool(mark(key, {**body, "ts": leaf["at"]}) == leaf["om"])
        return _is_the_sequencers(leaf)
    except (KeyError, TypeError, ValueError, RecursionError):
        return False


def _is_the_sequencers(leaf: Mapping[str, Any]) -> bool:
    return bool(leaf["no"] == "SYS-SEQUENCER" and leaf["n"] == 0 and leaf["act"] in UNMARKED)
