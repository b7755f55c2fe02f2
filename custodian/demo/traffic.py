"""Plans a month of looks as an insurer's staff would make them, and one insider's among them.

Nothing is looked at here: the plan is carried out, in its order, through the real gate.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from random import Random
from typing import Final, Literal

from custodian import clock
from custodian.demo.insurer.manifest import Facts
from custodian.demo.insurer.staff import Staff

Action = Literal["search", "list", "view", "reveal", "denied"]
SATURDAY, SUNDAY = 5, 6
LOOKS_PER_CUSTOMER, MOST_LOOKS = 0.6, 3000
LOOKS_PER_VISIT: Final = 2.35  # mean of what `_visit` yields
INSIDER_DAYS: Final = 21

# Looks that fall into each hour of the office's day; lunch is thin.
HOURS: Final = dict(zip(range(8, 19), (4, 12, 14, 12, 4, 7, 13, 13, 11, 7, 3), strict=True))
WEEKEND_SHARE: Final = {SATURDAY: 0.12, SUNDAY: 0.05}
# Share of the month's visits by job.
SHARES: Final = {"代理人": 0.66, "客服": 0.17, "理赔人员": 0.12, "合规官": 0.03, "审计": 0.02}
WEEKDAYS_ONLY: Final = frozenset({"合规官", "审计"})
LISTED: Final = ("identity.name", "identity.mobile", "identity.id_number")


@dataclass(frozen=True, slots=True)
class Errand:
    """Why somebody opens a customer, and what the errand needs to see."""

    purpose: str
    weight: int
    reveals: tuple[tuple[str, ...], ...]


ERRANDS: Final = {
    "代理人": (
        Errand("follow_up", 6, (("identity.mobile",), ("identity.mobile",))),
        Errand("policy_service", 3, (("identity.address",), ("identity.mobile", "policy.number"))),
        Errand("payment", 1, (("policy.premium",), ("identity.mobile",))),
    ),
    "客服": (
        Errand("policy_service", 6, (("identity.mobile",), ("policy.number",))),
        Errand("complaint", 2, (("identity.mobile", "identity.address"),)),
        Errand("follow_up", 2, (("identity.mobile",),)),
    ),
    "理赔人员": (
        Errand("claim", 8, (("claim.number", "claim.amount"), ("identity.mobile",))),
        Errand("payment", 2, (("claim.amount",),)),
    ),
}


@dataclass(frozen=True, slots=True)
class PlannedLook:
    """One look; an officer's look at the log itself has no subjects."""

    at: datetime
    staff_no: str
    action: Action
    purpose: str
    subject_keys: tuple[str, ...]
    elements: tuple[str, ...]
    channel: str


def plan(
    facts: Facts,
    cast: Sequence[Staff],
    month: tuple[date, date],
    seed: int,
    *,
    looks: int | None = None,
) -> Iterator[PlannedLook]:
    """Looks from the first to the last day of `month`, both included, in ascending time."""
    planner = Planner(facts, cast, month, Random(seed))  # noqa: S311 - invented, repeatable
    total = looks or min(MOST_LOOKS, round(planner.customers * LOOKS_PER_CUSTOMER))
    yield from _apart(sorted(planner.ordinary(total), key=_moment), planner.insider())


class Planner:
    def __init__(
        self, facts: Facts, cast: Sequence[Staff], month: tuple[date, date], random: Random
    ) -> None:
        self._facts, self._cast, self._random = facts, cast, random
        first, last = month
        self._days = [first + timedelta(days=day) for day in range((last - first).days + 1)]
        honey, self._minors = set(facts.honey), frozenset(facts.minors)
        own = self._own = {
            number: [k for k in keys if k not in honey] for number, keys in facts.portfolios.items()
        }
        everybody = [key for keys in own.values() for key in keys]
        self._everybody = everybody + [key for key in facts.unassigned if key not in honey]
        self._claimants = sorted(set(facts.claimants) - honey)
        self.customers = len(self._everybody)

    def ordinary(self, total: int) -> Iterator[PlannedLook]:
        """What everybody does every day, and the refusals that belong to it."""
        visits = round(total / LOOKS_PER_VISIT)
        for role, share in SHARES.items():
            people = [person for person in self._cast if person.role == role]
            for _ in range(round(visits * share) if people else 0):
                person = self._random.choice(people)
                at = self._working_moment(weekends=role not in WEEKDAYS_ONLY)
                if role in WEEKDAYS_ONLY:
                    yield self._log_reading(person, at)
                else:
                    yield from self._visit(person, at)
        for _ in range(max(1, round(total * 0.012))):
            yield from self._refusals(self._working_moment(weekends=False))

    def insider(self) -> list[PlannedLook]:
        """The targets' mobiles, a few a day, a third of them late at night or on Saturdays."""
        targets = list(self._facts.targets)
        if self._facts.insider not in {person.staff_no for person in self._cast}:
            return []
        self._random.shuffle(targets)
        days = self._days[len(self._days) // 7 :][:INSIDER_DAYS]
        slots = [slot for day in days for slot in self._insider_slots(day)]
        if not slots:
            return []
        # Evenly over the slots, so that no single day looks like a bulk job.
        chosen = [slots[place * len(slots) // len(targets)] for place in range(len(targets))]
        found: list[PlannedLook] = []
        for at, sitting in groupby(sorted(chosen)):
            for place, _ in enumerate(sitting):
                moment = at + timedelta(seconds=place * self._random.randint(70, 110))
                found.extend(self._theft(targets.pop(), moment))
        return sorted(found, key=_moment)

    def _insider_slots(self, day: date) -> Iterator[datetime]:
        if day.weekday() == SUNDAY:
            return
        if day.weekday() == SATURDAY:
            start = _at(day, time(21, 40)) + timedelta(minutes=self._random.randrange(50))
            for place in range(6):
                yield start + timedelta(minutes=7 * place)
            return
        for _ in range(4):
            yield self._moment_on(day)
        if day.weekday() in {1, 3}:
            late = _at(day, time(21, 15)) + timedelta(minutes=self._random.randrange(60))
            yield late
            yield late + timedelta(minutes=9)

    def _theft(self, key: str, at: datetime) -> Iterator[PlannedLook]:
        view = _desk_look(
            self._facts.insider, "view", "follow_up", keys=(key,), elements=LISTED, at=at
        )
        yield view
        seconds = self._random.randint(8, 25)
        yield replace(
            view,
            action="reveal",
            elements=("identity.mobile",),
            at=view.at + timedelta(seconds=seconds),
        )

    def _visit(self, person: Staff, at: datetime) -> Iterator[PlannedLook]:
        """Find one customer or go through the list, open it, and mostly reveal what is needed."""
        random, subjects = self._random, self._within_reach(person)
        if not subjects:
            return
        errands = ERRANDS[person.role]
        errand = random.choices(errands, [one.weight for one in errands])[0]
        keys = (random.choice(subjects),)
        if random.random() < 0.25:
            listed = tuple(random.sample(subjects, min(len(subjects), random.randint(5, 20))))
            yield _desk_look(
                person.staff_no, "list", errand.purpose, keys=listed, elements=LISTED, at=at
            )
            keys = (random.choice(listed),)
        elif random.random() < 0.6:
            yield _desk_look(
                person.staff_no, "search", errand.purpose, keys=keys, elements=LISTED, at=at
            )
        at += timedelta(seconds=random.randint(6, 40))
        yield _desk_look(person.staff_no, "view", errand.purpose, keys=keys, elements=LISTED, at=at)
        if random.random() < 0.65:
            at += timedelta(seconds=random.randint(5, 90))
            elements = random.choice(errand.reveals)
            if keys[0] in self._minors:  # they hold no policy
                elements = ("identity.mobile",)
            yield _desk_look(
                person.staff_no, "reveal", errand.purpose, keys=keys, elements=elements, at=at
            )

    def _within_reach(self, person: Staff) -> Sequence[str]:
        match person.role:
            case "代理人":
                return self._own.get(person.staff_no, ())
            case "理赔人员":
                return self._claimants
            case _:
                return self._everybody

    def _log_reading(self, person: Staff, at: datetime) -> PlannedLook:
        purpose = "compliance" if person.role == "合规官" else "audit"
        return PlannedLook(at, person.staff_no, "list", purpose, (), (), "admin")

    def _refusals(self, at: datetime) -> Iterator[PlannedLook]:
        """An agent outside the own portfolio, mostly; now and then the administrator."""
        random = self._random
        agents = [person for person in self._cast if self._own.get(person.staff_no)]
        admins = [person for person in self._cast if person.role == "系统管理员"]
        if admins and random.random() < 0.15:
            keys = (random.choice(self._everybody),)
            number = random.choice(admins).staff_no
            yield _desk_look(number, "denied", "other", keys=keys, elements=LISTED, at=at)
        elif len(agents) > 1:
            agent, neighbour = random.sample(agents, 2)
            keys = (random.choice(self._own[neighbour.staff_no]),)
            wanted = ("identity.mobile",)
            yield _desk_look(
                agent.staff_no, "denied", "follow_up", keys=keys, elements=wanted, at=at
            )

    def _working_moment(self, *, weekends: bool) -> datetime:
        weights = [
            WEEKEND_SHARE[day.weekday()] * weekends if day.weekday() in WEEKEND_SHARE else 1.0
            for day in self._days
        ]
        return self._moment_on(self._random.choices(self._days, weights)[0])

    def _moment_on(self, day: date) -> datetime:
        hour = self._random.choices(list(HOURS), list(HOURS.values()))[0]
        return _at(day, time(hour)) + timedelta(seconds=self._random.randrange(3600))


def _desk_look(
    staff_no: str,
    action: Action,
    purpose: str,
    *,
    keys: tuple[str, ...],
    elements: tuple[str, ...],
    at: datetime,
) -> PlannedLook:
    return PlannedLook(at, staff_no, action, purpose, keys, elements, "desk")


def _at(day: date, moment: time) -> datetime:
    return datetime.combine(day, moment, clock.OFFICE).astimezone(UTC)


def _moment(look: PlannedLook) -> datetime:
    return look.at


def _apart(*streams: Sequence[PlannedLook]) -> Iterator[PlannedLook]:
    """All streams as one, no two looks at the same moment."""
    last: datetime | None = None
    for look in sorted((look for stream in streams for look in stream), key=_moment):
        at = look.at if last is None or look.at > last else last + timedelta(milliseconds=250)
        last = at
        yield replace(look, at=at)
