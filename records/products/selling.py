"""When a product may be sold, and why a policy that began on a day should not have been sold: pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Self

from records.models import ProductBreach, ProductVersion

Reason = ProductBreach.Reason


class State(StrEnum):
    ON_SALE = "on_sale"
    PENDING = "pending"
    SUSPENDED = "suspended"
    STOPPED = "stopped"
    NOT_FILED = "not_filed"


@dataclass(frozen=True)
class Suspension:
    """Both days belong to it; `until` None has not ended."""

    since: date
    until: date | None
    reason: str

    def holds(self, on: date) -> bool:
        return self.since <= on and (self.until is None or on <= self.until)

    def said(self) -> dict[str, str | None]:
        until = self.until.isoformat() if self.until else None
        return {"since": self.since.isoformat(), "until": until, "reason": self.reason}

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        until = date.fromisoformat(said["until"]) if said["until"] else None
        return cls(date.fromisoformat(said["since"]), until, said["reason"])


@dataclass(frozen=True, kw_only=True)
class Terms:
    """A product that was filed on a day that nobody knows is taken to have been filed always."""

    filed: bool = False
    filed_on: date | None = None
    filing_no: str = ""
    sold_from: date | None = None
    sold_until: date | None = None
    suspensions: tuple[Suspension, ...] = ()

    def said(self) -> dict[str, Any]:
        return {
            "filed": self.filed,
            "filed_on": _iso(self.filed_on),
            "filing_no": self.filing_no,
            "sold_from": _iso(self.sold_from),
            "sold_until": _iso(self.sold_until),
            "suspensions": [each.said() for each in self.suspensions],
        }

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> Self:
        days = {
            name: date.fromisoformat(said[name]) if said[name] else None
            for name in ("filed_on", "sold_from", "sold_until")
        }
        held = tuple(Suspension.read(each) for each in said["suspensions"])
        return cls(filed=said["filed"], filing_no=said["filing_no"], suspensions=held, **days)

    @classmethod
    def of(cls, row: ProductVersion) -> Self:
        return cls(
            filed=row.filed,
            filed_on=row.filed_on,
            filing_no=row.filing_no,
            sold_from=row.sold_from,
            sold_until=row.sold_until,
            suspensions=tuple(Suspension.read(each) for each in row.suspensions),
        )

    def state(self, on: date) -> State:
        if not self.filed or (self.filed_on is not None and on < self.filed_on):
            return State.NOT_FILED
        if self.sold_until is not None and on > self.sold_until:
            return State.STOPPED
        if any(each.holds(on) for each in self.suspensions):
            return State.SUSPENDED
        if self.sold_from is not None and on < self.sold_from:
            return State.PENDING
        return State.ON_SALE

    def reasons(self, sold: date | None) -> frozenset[Reason]:
        """Why a policy that began on this day should not have been sold; without a day only whether filed."""
        found = set()
        if not self.filed or (sold and self.filed_on and sold < self.filed_on):
            found.add(Reason.NOT_FILED)
        if sold is None:
            return frozenset(found)
        if any(each.holds(sold) for each in self.suspensions):
            found.add(Reason.SUSPENDED)
        if self.sold_from is not None and sold < self.sold_from:
            found.add(Reason.EARLY)
        if self.sold_until is not None and sold > self.sold_until:
            found.add(Reason.LATE)
        return frozenset(found)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
