"""What an audit of one day is made from, as plain values: nothing here touches the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from pyroaring import BitMap

from access.audits.numbers import Numbers

LOOKS = ("list", "search", "view", "reveal")
OPENED = "reveal"
# A page of masks that somebody was in shows nobody's interest in her.
SHOWN_ALONE = frozenset({"search", "view", "reveal"})
REFUSED = "denied"
# Refusals that say that somebody asked for customers who are not his to see.
ASTRAY = frozenset({"not-visible", "reach-not-covered"})


@dataclass(frozen=True, slots=True)
class Look:
    """One entry of one person; `at` is the office's wall clock, `subjects` are ordinals."""

    entry: int
    at: datetime
    act: str
    purpose: str
    subjects: tuple[int, ...] = ()
    query: str = ""  # keyed tag of what was searched for
    because: str = ""  # the first reason of a refusal


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in or a step-up, and the network address that it came from."""

    entry: int
    at: datetime
    address: str


@dataclass(frozen=True, slots=True)
class Operator:
    """A person as she stood on the day; `unit` is the path of ids from the root."""

    id: int
    role: str
    unit: str
    notice_on: date | None = None
    leaves_on: date | None = None


@dataclass(frozen=True, slots=True)
class Related:
    """Customers who are near to a person: herself, her family, same surname in the same street."""

    own: BitMap = field(default_factory=BitMap)
    family: BitMap = field(default_factory=BitMap)
    kin: BitMap = field(default_factory=BitMap)


@dataclass(frozen=True)
class Lists:
    """Customers about whom a look is telling whoever makes it."""

    staff: BitMap = field(default_factory=BitMap)  # people who work here themselves
    vip: BitMap = field(default_factory=BitMap)
    honey: BitMap = field(default_factory=BitMap)


@dataclass
class Past:
    """What is known of the days before, by person and day; up to `thresholds.WINDOW` days."""

    numbers: dict[int, dict[date, Numbers]] = field(default_factory=dict)
    # Customers seen whom nothing explains, and customers opened without any work item.
    unexplained: dict[int, dict[date, BitMap]] = field(default_factory=dict)
    unasked: dict[int, dict[date, BitMap]] = field(default_factory=dict)
    # The last day before on which the person was at work, however long ago.
    last_active: dict[int, date] = field(default_factory=dict)


@dataclass
class Day:
    """One person's day: her looks in the order of the log, each customer of each with its explanation."""

    operator: Operator
    day: date
    looks: Sequence[Look]
    sign_ins: Sequence[SignIn]
    # In the order of `looks`, one code of `explaining` for each of its subjects.
    explained: Sequence[tuple[str, ...]]
    numbers: Numbers
    seen: BitMap
    opened: BitMap
    unexplained: BitMap
    unasked: BitMap


@dataclass(frozen=True, slots=True)
class Hit:
    """One rule's finding about one person: numbers for its sentence, entries as evidence."""

    rule: str
    operator: int
    facts: Mapping[str, int | float | str]
    entries: tuple[int, ...]
