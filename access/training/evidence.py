"""A MAC over each attempt and signature, so that one written by hand into the database opens nothing."""

from __future__ import annotations

import hmac
from datetime import UTC, datetime
from typing import Any

from access import keystore
from custodian.tlog.verify import canonical

# Rows are imported where they are used: the gate, and so this module, is read before Django is set up.
KEY = "training-mac"


def of_attempt(*, user: int, course: int, number: int, score: int, until: datetime | None) -> bytes:
    return _mac(["attempt", user, course, number, score, _at(until)])


def of_signature(*, user: int, undertaking: int, digest: str, at: datetime) -> bytes:
    return _mac(["signature", user, undertaking, digest, _at(at)])


def same(mac: Any, other: bytes) -> bool:
    return hmac.compare_digest(bytes(mac), other)


def _mac(said: list[Any]) -> bytes:
    return keystore.of_named_cached(KEY).mac(canonical({"training": said}).encode())


def _at(moment: datetime | None) -> str:
    return moment.astimezone(UTC).isoformat() if moment else ""
