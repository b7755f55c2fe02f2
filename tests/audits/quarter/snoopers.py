"""The planted ones, two of each kind: each does ordinary work all quarter, and this besides."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta

from access.vocabulary import Role
from tests.audits.quarter.days import DAYS, NIGHT, moment, moments, working
from tests.audits.quarter.diary import Kind
from tests.audits.quarter.house import House
from tests.audits.quarter.routine import OFFICE_WORK
from tests.audits.quarter.staff import AGENT, CLAIMS, SERVICE, Member

# What each says that it is for.
SAYS: Mapping[str, Sequence[str]] = {
    SERVICE: ("policy_service", "policy_service", "follow_up"),
    CLAIMS: ("claim", "claim", "payment"),
    AGENT: ("follow_up", "policy_service"),
}
Snoop = Callable[[House, Member], None]


def _sneak(
    house: House, who: Member, at: datetime, customer: int, reveals: float = 0.8
) -> datetime:
    says = SAYS.get(who.role) or (OFFICE_WORK[Role(who.role)].value,)
    return house.diary.visit(who, at, customer, house.rng.choice(says), reveals)


def _days(house: House, who: Member, count: int, first: int = 5, last: int = 88) -> list[date]:
    here = [day for day in working(first, last) if who.here(day)]
    return sorted(house.rng.sample(here, min(count, len(here))))


def _again(house: House, who: Member, wanted: Sequence[int], times: int, within: int) -> None:
    """Somebody whom one cannot leave alone: a few times within some weeks, others of the kind too."""
    first = house.rng.randrange(8, 88 - within)
    some = house.rng.sample(list(wanted), min(len(wanted), house.rng.randint(1, 4)))
    for day in _days(house, who, times, first, first + within):
        _sneak(house, who, moment(house.rng, day), house.rng.choice(some))


def own(house: House, who: Member) -> None:
    if who.role == AGENT:
        house.assign(house.town.of_staff[who.id], who)
    _again(house, who, list(house.related[who.id].own), house.rng.randint(2, 6), 60)


def family(house: House, who: Member) -> None:
    _again(house, who, list(house.related[who.id].family), house.rng.randint(1, 4), 60)


def kin(house: House, who: Member) -> None:
    _again(house, who, list(house.related[who.id].kin), house.rng.randint(1, 4), 60)


def colleague(house: House, who: Member) -> None:
    near = house.related[who.id]
    others = [each for each in house.town.of_staff.values() if each not in near.own | near.family]
    _again(house, who, others, house.rng.randint(2, 6), 40)


def vip(house: House, who: Member) -> None:
    _again(house, who, list(house.town.vip), house.rng.randint(2, 6), 40)


def off_hours(house: House, who: Member) -> None:
    first = house.rng.randrange(10, 55)
    for day in _days(house, who, 14, first, first + 30):
        for at in moments(house.rng, day, house.rng.randint(2, 4), NIGHT):
            customer = house.anybody()
            if house.rng.random() < 0.4:  # with a pretext
                house.diary.item(Kind.CONTACT, customer, who, at, closed=at, own=True)
            _sneak(house, who, at, customer)


def off_portfolio(house: House, who: Member) -> None:
    first = house.rng.randrange(10, 70)
    for day in _days(house, who, 8, first, first + 14):
        for at in moments(house.rng, day, house.rng.randint(2, 6)):
            house.diary.note(who, at, "denied", "follow_up", because="not-visible")


def enumeration(house: House, who: Member) -> None:
    """Next, next, next: with skips, pauses, and now and then one out of order."""
    rng = house.rng
    place = rng.randrange(500, 9000)
    for day in _days(house, who, 3):
        at = moment(rng, day)
        for _ in range(rng.randint(22, 45)):
            place += rng.randint(1, 3)
            customer = place - 6 if rng.random() < 0.02 else place
            house.diary.note(who, at, "view", SAYS[who.role][0], (customer,))
            if rng.random() < 0.4:
                house.diary.note(who, at, "reveal", SAYS[who.role][0], (customer,))
            at += timedelta(seconds=rng.randint(15, 75) if rng.random() < 0.95 else 300)


def fishing(house: House, who: Member) -> None:
    first = house.rng.randrange(10, 65)
    for day in _days(house, who, 12, first, first + 20):
        for at in moments(house.rng, day, house.rng.randint(5, 10)):
            if house.rng.random() < 0.85 or who.role == AGENT:
                house.diary.note(who, at, "search", SAYS[who.role][0])
            else:
                _sneak(house, who, at, house.anybody())


def bulk(house: House, who: Member) -> None:
    rng = house.rng
    wanted = rng.randint(60, 130)
    if who.role == AGENT:
        several = rng.sample(house.portfolios[who.id], min(wanted, len(house.portfolios[who.id])))
    else:
        several = [house.anybody() for _ in range(wanted)]
    (day,) = _days(house, who, 1, 20)
    for at, customer in zip(moments(rng, day, len(several)), several, strict=True):
        _sneak(house, who, at, customer, 0.95)


def harvest(house: House, who: Member) -> None:
    """The whole portfolio, some a day, before it is taken elsewhere."""
    wanted = list(house.portfolios[who.id])
    house.rng.shuffle(wanted)
    first = house.rng.randrange(5, 55)
    for day in _days(house, who, 20, first, first + 30):
        for at in moments(house.rng, day, house.rng.randint(5, 10)):
            if wanted:
                _sneak(house, who, at, wanted.pop(), 0.95)


def drip(house: House, who: Member) -> None:
    for day in [day for day in working(3) if who.here(day)]:
        for at in moments(house.rng, day, house.rng.choice((1, 1, 1, 2))):
            _sneak(house, who, at, house.anybody())


def leaver(house: House, who: Member) -> None:
    notice = house.rng.randrange(40, 60)
    who.notice_on, who.leaves_on = DAYS[notice], DAYS[notice + 28]
    wanted = list(house.portfolios.get(who.id, ()))
    house.rng.shuffle(wanted)
    for day in _days(house, who, 12, notice + 4, notice + 27):
        for at in moments(house.rng, day, house.rng.randint(4, 10)):
            customer = wanted.pop() if wanted else house.anybody()
            _sneak(house, who, at, customer, 0.9)


def dormant(house: House, who: Member) -> None:
    """On secondment elsewhere, and the account still opens."""
    wakes = house.rng.randrange(62, 80)
    who.away |= set(DAYS[house.rng.randrange(4, 12) : len(DAYS)])
    for day in working(wakes, wakes + 6):
        for at in moments(house.rng, day, house.rng.randint(4, 10)):
            _sneak(house, who, at, house.anybody())
        house.diary.sign_in(who, moment(house.rng, day, {7: 1}), f"vpn-{who.id}")


def shared(house: House, who: Member) -> None:
    """A colleague without an account of his own works under this one from another branch."""
    rng = house.rng
    for day in _days(house, who, 8):
        begins = moment(rng, day, {9: 2, 10: 3, 14: 3, 15: 2})
        for turn in range(rng.randint(4, 7)):
            at = begins + timedelta(minutes=8 * turn + rng.randint(0, 7))
            house.diary.sign_in(who, at, ("office-9.", f"office-{who.unit}")[turn % 2])
            customer = house.caller(who)
            kind = Kind.CLAIM if who.role == CLAIMS else Kind.CONTACT
            house.diary.item(kind, customer, who, at, closed=at + timedelta(hours=2))
            house.diary.visit(who, at, customer, SAYS[who.role][0])


def own_word(house: House, who: Member) -> None:
    """An item for every look, written by the one who looks."""
    first = house.rng.randrange(10, 45)
    who.pace *= 0.6
    for day in _days(house, who, 30, first, first + 42):
        for at in moments(house.rng, day, round(who.pace * house.rng.uniform(0.8, 1.5))):
            customer = house.anybody()
            opened = at - timedelta(minutes=house.rng.randint(1, 20))
            house.diary.item(
                Kind.CONTACT, customer, who, opened, closed=at + timedelta(hours=1), own=True
            )
            house.diary.visit(who, at, customer, "policy_service", 0.8)


def unexplained(house: House, who: Member) -> None:
    first = house.rng.randrange(10, 45)
    for day in _days(house, who, 28, first, first + 42):
        for at in moments(house.rng, day, round(who.pace * house.rng.uniform(0.5, 0.9))):
            _sneak(house, who, at, house.anybody())


# The roles in which each kind is planted, one person each.
SNOOPERS: Mapping[str, tuple[Snoop, Sequence[str]]] = {
    "self": (own, (AGENT, SERVICE)),
    "family": (family, (SERVICE, CLAIMS)),
    "colleague": (colleague, (SERVICE, Role.COMPLIANCE_OFFICER)),
    "kin": (kin, (SERVICE, CLAIMS)),
    "vip": (vip, (SERVICE, CLAIMS)),
    "off-hours": (off_hours, (SERVICE, CLAIMS)),
    "off-portfolio": (off_portfolio, (AGENT, AGENT)),
    "enumeration": (enumeration, (SERVICE, CLAIMS)),
    "fishing": (fishing, (AGENT, SERVICE)),
    "bulk": (bulk, (AGENT, SERVICE)),
    "harvest": (harvest, (AGENT, AGENT)),
    "drip": (drip, (SERVICE, CLAIMS)),
    "leaver": (leaver, (AGENT, CLAIMS)),
    "dormant": (dormant, (SERVICE, CLAIMS)),
    "shared": (shared, (SERVICE, CLAIMS)),
    "own-word": (own_word, (SERVICE, CLAIMS)),
    "unexplained": (unexplained, (SERVICE, CLAIMS)),
}


def fit(house: House, kind: str, who: Member) -> bool:
    """Whether the person could do that at all, and has no part yet."""
    near = house.related[who.id]
    wanted = {"self": near.own, "family": near.family, "kin": near.kin}
    if who.part or (kind in wanted and not wanted[kind]):
        return False
    if kind in {"bulk", "harvest", "leaver"} and who.role == AGENT:
        return len(house.portfolios[who.id]) >= 60
    if kind == "dormant" and who.id in house.confounded["quarter-end crunch"]:
        return False
    if kind == "off-hours":
        return who.unit not in house.shifts
    return kind != "fishing" or who.unit not in house.wrong_numbers
