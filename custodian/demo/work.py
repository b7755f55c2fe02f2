"""The work that lies behind the planned looks, as the insurer's other systems tell it in one file.

Most looks of the service desk and of claims have an item; a few were forgotten. Agents visit their own
customers, half the time for an item. Whoever steals has none.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from pathlib import Path
from random import Random
from typing import Final

from custodian import clock
from custodian.demo.insurer.manifest import Facts
from custodian.demo.insurer.staff import HEAD_OFFICE, LI, TAIZHOU, WANG, XUZHOU, Staff
from custodian.demo.traffic import PlannedLook

FILE: Final = "工作事项.csv"
HEADERS: Final = (
    *("事项编号", "事项", "客户号", "经办工号", "经办机构"),
    *("登记时间", "办结时间", "结果", "期限"),
)
ASKED_FOR: Final = frozenset({"客服", "理赔人员"})
FORGOTTEN: Final = 20  # one sight in so many
AGENTS_SHARE: Final = 0.5
FOR_THE_UNIT: Final = 0.1
CONTACT: Final = "来电来访"
KINDS: Final[Mapping[str, tuple[str, ...]]] = {
    "follow_up": ("回访任务", "回访任务", CONTACT),
    "policy_service": ("保全申请", "保全申请", "更正", "客户申请", CONTACT),
    "payment": ("给付任务",),
    "complaint": ("投诉",),
    "claim": ("赔案",),
}
PREFIXES: Final = {
    "回访任务": "HF", "保全申请": "BQ", "更正": "GZ", "客户申请": "SQ", CONTACT: "LD",
    "给付任务": "JF", "投诉": "TS", "赔案": "PA",
}  # fmt: skip
ZHAO: Final = "L0301"
# Whose desk has something to do today: days from now until each is due.
DUE: Final = (-2, 0, 1, 5)


@dataclass(frozen=True, slots=True)
class Task:
    """One item; without `staff_no` it waits for whoever of `unit` takes it."""

    number: str
    kind: str
    customer: str
    staff_no: str
    unit: str
    opened: datetime
    closed: datetime | None = None
    due: datetime | None = None

    def cells(self) -> tuple[str, ...]:
        closed = _written(self.closed)
        due = f"{clock.local(self.due):%Y-%m-%d}" if self.due else ""
        who = (self.staff_no, self.unit, _written(self.opened))
        return self.number, self.kind, self.customer, *who, closed, "已办结" if closed else "", due


@dataclass(slots=True)
class Sight:
    """A customer before one person's eyes for one purpose on one day."""

    person: Staff
    customer: str
    purpose: str
    first: datetime
    last: datetime
    opened: bool = False  # not only in a list


def plan(
    looks: Iterable[PlannedLook], facts: Facts, people: Sequence[Staff], *, now: datetime, seed: int
) -> list[Task]:
    """Items opened shortly before the looks and closed shortly after, and some that are open now."""
    random = Random(seed)  # noqa: S311 - invented, repeatable
    targets = frozenset(facts.targets)
    asked = [
        _task(sight, random, now=now, lone=sight.customer in targets)
        for sight in _asked(_sights(looks, people), facts, random)
    ]
    tasks = sorted([*asked, *_waiting(facts, now)], key=lambda task: task.opened)
    return [
        replace(task, number=f"{PREFIXES[task.kind]}{clock.local(task.opened):%Y%m%d}-{place:05}")
        for place, task in enumerate(tasks, 1)
    ]


def write(folder: Path, tasks: Iterable[Task]) -> Path:
    path = folder / FILE
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(HEADERS)
        rows.writerows(task.cells() for task in tasks)
    return path


def _sights(looks: Iterable[PlannedLook], people: Sequence[Staff]) -> list[Sight]:
    known = {person.staff_no: person for person in people}
    found: dict[tuple[str, str, str, str], Sight] = {}
    for look in looks:
        person = known.get(look.staff_no)
        if person is None or look.action == "denied":
            continue
        day = clock.local(look.at).date().isoformat()
        for customer in look.subject_keys:
            key = (look.staff_no, customer, look.purpose, day)
            sight = found.setdefault(key, Sight(person, customer, look.purpose, look.at, look.at))
            sight.last = look.at
            sight.opened |= look.action != "list"
    return list(found.values())


def _asked(sights: Iterable[Sight], facts: Facts, random: Random) -> Iterator[Sight]:
    """Those that the business asked for."""
    targets = frozenset(facts.targets)
    place = 0
    for sight in sights:
        if sight.person.role in ASKED_FOR:
            place += 1
            if place % FORGOTTEN != FORGOTTEN // 2:
                yield sight
        elif sight.person.staff_no == facts.insider and sight.customer in targets:
            continue
        elif sight.opened and random.random() < AGENTS_SHARE:
            yield sight


def _task(sight: Sight, random: Random, *, now: datetime, lone: bool) -> Task:
    """An item of one customer; `lone` ones are a person's, so that nobody else can lean on them."""
    kind = random.choice(KINDS[sight.purpose])
    if kind == CONTACT:
        # Whoever is called looks first, and writes the call down while he talks.
        opened = sight.first + timedelta(seconds=random.randint(60, 900))
    else:
        opened = sight.first - timedelta(minutes=random.randint(4, 170))
    closed = max(opened, sight.last) + timedelta(seconds=random.randint(120, 5400))
    desk = sight.person.role in ASKED_FOR and not lone and random.random() < FOR_THE_UNIT
    return Task(
        number="",
        kind=kind,
        customer=sight.customer,
        staff_no="" if desk else sight.person.staff_no,
        unit=sight.person.unit if desk else "",
        opened=min(opened, now).replace(microsecond=0),
        closed=min(closed, now).replace(microsecond=0),
        due=_evening(opened, random.randint(2, 5)) if random.random() < 0.3 else None,
    )


def _waiting(facts: Facts, now: datetime) -> Iterator[Task]:
    """What is open today, for those of the cast who have a desk, and for their units."""
    targets = frozenset(facts.targets)
    for number, unit in ((LI, XUZHOU.code), (WANG, TAIZHOU.code)):
        own = [key for key in facts.portfolios.get(number, ()) if key not in targets]
        kinds = ("回访任务", "保全申请", "投诉", "回访任务")
        yield from _open(own, kinds, number, unit, now)
    claimants = sorted(set(facts.claimants) - targets - set(facts.honey))
    yield from _open(claimants, ("赔案", "给付任务", "赔案", "赔案"), ZHAO, HEAD_OFFICE.code, now)


def _open(
    keys: Sequence[str], kinds: Sequence[str], number: str, unit: str, now: datetime
) -> Iterator[Task]:
    chosen = keys[:: max(1, len(keys) // 6)][: len(DUE) + 1]
    for place, (key, kind, days) in enumerate(zip(chosen, kinds, DUE, strict=False)):
        opened = (now - timedelta(days=3 - place % 2, minutes=17 * place)).replace(microsecond=0)
        yield Task("", kind, key, number, "", opened, due=_evening(now, days))
    if len(chosen) > len(DUE):
        opened = (now - timedelta(hours=5)).replace(microsecond=0)
        yield Task("", kinds[0], chosen[-1], "", unit, opened, due=_evening(now, 2))


def _evening(at: datetime, days: int) -> datetime:
    day = clock.local(at).date() + timedelta(days=days)
    return datetime.combine(day, time(18), clock.OFFICE)


def _written(at: datetime | None) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M:%S}" if at else ""
