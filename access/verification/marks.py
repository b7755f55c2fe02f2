"""The keyed marks of writers: they show a rewriting of entries that happened before these were sealed."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from access.querylog.leaf import MARK_DOMAIN, MARK_LENGTH, mark
from access.verification.rows import Row

# What the sequencer writes of itself. It holds no key to customers' data, so it cannot mark.
UNMARKED = frozenset({"codes", "key.rotate", "roll", "void", "writer.close"})
_PLACE = ("w", "ws", "wp", "at", "om")
_HEAD, _TAIL = b'"wm":"', b'",'


def unfit(key: bytes, entries: Iterable[Row]) -> Iterator[int]:
    """Indexes of entries whose mark does not fit what they say; `key` is that of the marks."""
    for index, leaf, _ in entries:
        if not (_fits_as_it_lies(key, leaf) or _fits(key, leaf)):
            yield index


def _fits_as_it_lies(key: bytes, leaf: bytes) -> bool:
    """The mark of a look over the bytes around it: a canonical leaf need not be taken apart."""
    at = leaf.rfind(_HEAD)
    start, end = at + len(_HEAD), at + len(_HEAD) + 2 * MARK_LENGTH
    if at < 0 or leaf[end : end + len(_TAIL)] != _TAIL:
        return False
    body = MARK_DOMAIN + leaf[:at] + leaf[end + len(_TAIL) :]
    return hmac.digest(key, body, "sha256")[:MARK_LENGTH].hex().encode() == leaf[start:end]


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
