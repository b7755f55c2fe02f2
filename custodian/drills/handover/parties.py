"""A transfer between two installations, as far as it has come, under one clock that only goes forward."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from custodian.drills.handover.houses import House, Killed


@dataclass
class Clock:
    """What both houses take for now."""

    moment: datetime

    def later(self, by: timedelta, *houses: House) -> None:
        self.moment += by
        for each in houses:
            each.clock = self.moment


@dataclass
class Parties:
    """Who sells and who buys, the book at each, and the clock of both."""

    seller: House
    buyer: House
    clock: Clock
    book: str
    into: str

    def later(self, **by: float) -> None:
        self.clock.later(timedelta(**by), self.seller, self.buyer)

    def open(self) -> None:
        ref = self.seller.open_transfer(side="seller", book=self.book)
        self.buyer.open_transfer(side="buyer", ref=ref, book=self.into)

    def pack(self) -> Path:
        return Path(self.seller.pack(job=self.seller.order()))

    def receive(self, path: Path) -> Mapping[str, Any]:
        """Take it in and lay it out; what stands in the reconciliation then."""
        self.buyer.lay_out(arrival=self.buyer.take(path=str(path)))
        return self.reconciled()

    def reconciled(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self.buyer.reconcile()
        return found

    def sign(self) -> datetime:
        """Both papers go to and fro; the moment from which on the buyer answers."""
        self.seller.enter_acceptance(paper=self.buyer.accept())
        self.buyer.enter_release(paper=self.seller.release())
        return datetime.fromisoformat(self.seller.live_at())


def killed(house: House, failpoint: str, act: str, **said: Any) -> str:
    """Another process of the house dies at the failpoint while it acts; `killed`, or that it lived."""
    with house.revive(f"{failpoint}:sigkill") as victim:
        victim.clock = house.clock
        victim.resume()
        try:
            getattr(victim, act)(**said)
        except Killed:
            return "killed"
    return "lived"
