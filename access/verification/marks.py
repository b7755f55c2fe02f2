"""The keyed marks of writers: they show a rewriting of entries that happened before these were sealed."""

from __future__ import annotations

import hmac
import json
from collections.abc import Iterator
from typing import Any

from django.db import connection

from access.querylog.leaf import mark
from access.querylog.tail import tail_key
from access.verification.walk import Fault

PAGE = 5_000
_PLACE = ("w", "ws", "wp", "at", "om")


def faults(first: int, beyond: int) -> Iterator[Fault]:
    """Entries whose mark does not fit what they say; the sequencer's own leaves carry none."""
    key = tail_key()
    for low in range(first, beyond, PAGE):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, leaf FROM querylog.entry WHERE id >= %s AND id < %s ORDER BY id",
                [low, min(low + PAGE, beyond)],
            )
            rows = cursor.fetchall()
        for index, text in rows:
            if not _fits(key, json.loads(text)):
                yield Fault("mark-not-leaf", index)


def _fits(key: bytes, leaf: dict[str, Any]) -> bool:
    if "wm" in leaf:
        body = {name: value for name, value in leaf.items() if name != "wm"}
        return hmac.compare_digest(mark(key, body), leaf["wm"])
    if "om" in leaf:
        body = {name: value for name, value in leaf.items() if name not in _PLACE}
        return hmac.compare_digest(mark(key, {**body, "ts": leaf["at"]}), leaf["om"])
    return _is_the_sequencers(leaf)


def _is_the_sequencers(leaf: dict[str, Any]) -> bool:
    """Who holds no key to customers' data cannot mark; what he may say is little."""
    return bool(leaf["no"] == "SYS-SEQUENCER" and leaf["n"] == 0)
