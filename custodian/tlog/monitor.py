"""Asks a witness what it holds: the read side that our witness offers (C2SP leaves it open)."""

from __future__ import annotations

import hashlib

from custodian.tlog.cosigning import Unreachable, exchange

SECONDS = 5.0
OK = 200


def latest(url: str, origin: str, *, timeout: float = SECONDS) -> bytes | None:
    """The newest note it cosigned of the log `origin`; None when it does not say, or not in time."""
    digest = hashlib.sha256(origin.encode()).hexdigest()
    try:
        status, _kind, answer = exchange("GET", url, f"latest/{digest}", timeout=timeout)
    except Unreachable:
        return None
    return answer if status == OK else None
