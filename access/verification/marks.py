"""The keyed marks of writers: they show a rewriting of entries that happened before these were sealed."""

from __future__ import annotations

import json
from binascii import hexlify
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from access.querylog.leaf import MARK_DOMAIN, MARK_LENGTH, mark
from custodian.crypto.mac import Mac

# What the sequencer writes of itself. It holds no key to customers' data, so it cannot mark.
UNMARKED = frozenset({"codes", "key.rotate", "roll", "void", "writer.close"})
_PLACE = ("w", "ws", "wp", "at", "om")
_HEAD = b'"wm":"'
_LENGTH = len(_HEAD) + 2 * MARK_LENGTH + len(b'",')


def unfit(key: bytes, indexes: Sequence[int], leaves: Sequence[bytes]) -> Iterator[int]:
    """The indexes of the leaves whose mark does not fit; `key` is that of the marks."""
    # As they lie: a canonical leaf need not be taken apart for what stands around its mark.
    places = [leaf.rfind(_HEAD) for leaf in leaves]
    bodies = [leaf[:at] + leaf[at + _LENGTH :] for leaf, at in zip(leaves, places, strict=True)]
    made = Mac(key, MARK_DOMAIN).digests(bodies)
    for index, leaf, at, digest in zip(indexes, leaves, places, made, strict=True):
        marked = b'"wm":"%b",' % hexlify(digest[:MARK_LENGTH])
        if (at < 0 or leaf[at : at + _LENGTH] != marked) and not _fits(key, leaf):
            yield index


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
