"""One entry as one line: codes, counts and the operator's pseudonym (RFC 5424 around JSON)."""

from __future__ import annotations

import json
import socket
from typing import Any

from custodian import elements
from custodian.tlog.verify import leaf_hash

APP = "custodian"
AUDIT = 13  # facility "log audit"
NOTICE, INFORMATIONAL = 5, 6
_SAME = ("ts", "act", "unit", "n", "out")


def message(index: int, raw: str) -> bytes:
    """A syslog message of its own; the time is the entry's."""
    leaf = json.loads(raw)
    severity = INFORMATIONAL if leaf["out"] == "ok" else NOTICE
    host, act = _word(socket.gethostname(), 255), _word(leaf["act"], 32)
    head = f"<{AUDIT * 8 + severity}>1 {leaf['ts']} {host} {APP} - {act} - "
    return head.encode("ascii") + b"\xef\xbb\xbf" + json.dumps(content(index, leaf, raw)).encode()


def content(index: int, leaf: dict[str, Any], raw: str) -> dict[str, Any]:
    """What a line says. No staff number, no name, no tag: who that is stands in the log itself."""
    known = [elements.get(code).level for code in leaf["fields"] if elements.known(code)]
    return {
        "index": index,
        "leaf": leaf_hash(raw.encode()).hex(),
        "operator": leaf["actor"],
        **{name: leaf[name] for name in _SAME},
        "at": leaf.get("at", leaf["ts"]),
        "what": leaf.get("what", ""),
        "purpose": leaf["purp"],
        "channel": leaf["ch"],
        "elements": leaf["fields"],
        "level": max(known, default=0),
        "masked": bool(leaf.get("mask")),
        "rule": leaf["rule"],
        "why": leaf["why"],
    }


def _word(text: str, most: int) -> str:
    return "".join(each for each in text if 33 <= ord(each) <= 126)[:most] or "-"
