"""What a person is doing with which customer just now: purpose, since when, and the entries made.

Kept in the session by public reference; no value of a customer is ever in it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.http import HttpRequest

from custodian import clock

KEY = "desk"
LASTS_SECONDS = 30 * 60
KEPT = 12
ENTRIES = 30


@dataclass
class Visit:
    purpose: str
    since: float
    entries: list[int] = field(default_factory=list)  # the latest; `count` counts all
    count: int = 0

    @property
    def started(self) -> str:
        return datetime.fromtimestamp(self.since, tz=clock.OFFICE).strftime("%H:%M:%S")


def purpose_of(request: HttpRequest) -> str:
    """The purpose that the person named last in this session."""
    return str(_stored(request).get("purpose", ""))


def of(request: HttpRequest, ref: str) -> Visit | None:
    held = _stored(request)["visits"].get(ref)
    if held is None or clock.now().timestamp() - held["at"] > LASTS_SECONDS:
        return None
    entries = list(held["entries"])
    return Visit(held["purpose"], held["since"], entries, held.get("count", len(entries)))


def choose(request: HttpRequest, purpose: str, *, ref: str = "") -> None:
    """Name a purpose, for the visit to one customer and for whoever is opened next."""
    stored = _stored(request)
    stored["purpose"] = purpose
    if ref and ref in stored["visits"]:
        stored["visits"][ref]["purpose"] = purpose
    request.session[KEY] = stored


def note(request: HttpRequest, ref: str, *, purpose: str, entries: list[int]) -> Visit:
    """Remember the entries that were just written about a customer."""
    now = clock.now().timestamp()
    visit = of(request, ref) or Visit(purpose, now)
    visit.purpose, visit.entries = purpose, [*visit.entries, *entries][-ENTRIES:]
    visit.count += len(entries)
    stored = _stored(request)
    stored["purpose"] = purpose
    others = {other: held for other, held in stored["visits"].items() if other != ref}
    newest = sorted(others, key=lambda other: others[other]["at"])[-(KEPT - 1) :]
    stored["visits"] = {other: others[other] for other in newest}
    stored["visits"][ref] = {
        "purpose": visit.purpose,
        "since": visit.since,
        "at": now,
        "entries": visit.entries,
        "count": visit.count,
    }
    request.session[KEY] = stored
    return visit


def _stored(request: HttpRequest) -> dict[str, Any]:
    held = request.session.get(KEY)
    return (
        {"purpose": "", "visits": {}, **held}
        if isinstance(held, dict)
        else {"purpose": "", "visits": {}}
    )
