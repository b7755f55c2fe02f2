"""What the quarter leaves behind: looks and sign-ins by day and person, work items, assignments."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from itertools import count
from random import Random

from access.audits.day import Look, SignIn
from access.audits.explaining import LEAD, SERVES, TRAIL, Assigned, Item
from access.models.work import WorkItem
from tests.audits.quarter.days import DAYS
from tests.audits.quarter.staff import Member

Kind = WorkItem.Kind
PURPOSES = {kind: sorted(serves) for kind, serves in SERVES.items()}
MOST = {
    Kind.FOLLOW_UP: "follow_up",
    Kind.POLICY_SERVICE: "policy_service",
    Kind.CLAIM: "claim",
    Kind.REQUEST: "policy_service",
    Kind.CONTACT: "policy_service",
    Kind.COMPLAINT: "complaint",
}


class Diary:
    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.looks: dict[date, dict[int, list[Look]]] = {day: defaultdict(list) for day in DAYS}
        self.sign_ins: dict[date, dict[int, list[SignIn]]] = {
            day: defaultdict(list) for day in DAYS
        }
        self.items: dict[date, list[Item]] = {day: [] for day in DAYS}
        self.assigned: list[Assigned] = []
        self._entries = count(1)

    def note(
        self,
        who: Member,
        at: datetime,
        act: str,
        purpose: str = "",
        subjects: tuple[int, ...] = (),
        because: str = "",
    ) -> None:
        """Put one entry down; what would fall after the quarter is dropped."""
        day = self.looks.get(at.date())
        if day is not None:
            look = Look(next(self._entries), at, act, purpose, subjects, "", because)
            day[who.id].append(look)

    def visit(
        self, who: Member, at: datetime, customer: int, purpose: str, reveals: float = 0.7
    ) -> datetime:
        """Find a customer, open the page, often reveal a value or two; returns when it ended."""
        rng = self.rng
        if rng.random() < 0.7:
            if rng.random() < who.typos:
                self.note(who, at, "search", purpose)
                at += timedelta(seconds=rng.randint(8, 40))
            self.note(who, at, "search", purpose, (customer,))
            at += timedelta(seconds=rng.randint(3, 20))
        self.note(who, at, "view", purpose, (customer,))
        while rng.random() < reveals:
            at += timedelta(seconds=rng.randint(5, 60))
            self.note(who, at, "reveal", purpose, (customer,))
            reveals *= 0.4
        return at

    def sign_in(self, who: Member, at: datetime, address: str) -> None:
        day = self.sign_ins.get(at.date())
        if day is not None:
            day[who.id].append(SignIn(next(self._entries), at, address))

    def item(
        self,
        kind: str,
        customer: int,
        who: Member,
        opened: datetime,
        *,
        closed: datetime | None = None,
        shared: bool = False,
        own: bool = False,
    ) -> None:
        """Work of a person, of her whole unit when `shared`, opened by herself when `own`."""
        item = Item(
            kind=kind,
            subject=customer,
            user=0 if shared else who.id,
            unit=who.unit if shared else "",
            opened_at=opened,
            closed_at=closed,
            opened_by=who.id if own else 0,
        )
        first = (opened - LEAD).date()
        last = (closed + TRAIL).date() if closed else DAYS[-1]
        for place in range(
            max(0, (first - DAYS[0]).days), min(len(DAYS), (last - DAYS[0]).days + 1)
        ):
            self.items[DAYS[place]].append(item)

    def purpose(self, kind: str) -> str:
        """Mostly the one that goes with the work, sometimes another that it serves, seldom a wrong one."""
        chance = self.rng.random()
        if chance < 0.8:
            return str(MOST[Kind(kind)])
        return str(self.rng.choice(PURPOSES[kind])) if chance < 0.985 else "underwriting"
