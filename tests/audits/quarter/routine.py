"""What everybody does every day, with everything that goes wrong when nobody means harm."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from functools import partial

from access.vocabulary import Purpose, Role
from tests.audits.quarter import days
from tests.audits.quarter.days import DAYS, drawn, moment, moments
from tests.audits.quarter.diary import Kind
from tests.audits.quarter.house import House
from tests.audits.quarter.staff import AGENT, CLAIMS, RUSHED, SERVICE, Member

WRITTEN_LATE = 0.06  # of what people write up themselves, later than the hour that is allowed
OFFICE_WORK = {
    Role.COMPLIANCE_OFFICER: Purpose.COMPLIANCE,
    Role.SECURITY_OFFICER: Purpose.SECURITY,
    Role.AUDITOR: Purpose.AUDIT,
}


def lived(house: House) -> None:
    """Three months of ordinary work."""
    stocks = {each.id: list[tuple[int, date]]() for each in house.of(CLAIMS)}
    known = _known_line(house)
    for place, day in enumerate(DAYS):
        for who in house.members:
            if who.here(day):
                _day(house, who, day, place, stocks, known)


def _known_line(house: House) -> tuple[Sequence[Member], list[int]]:
    """Two seniors answer known people and staff; their line writes a ticket for every call."""
    callers = sorted(house.town.vip) + sorted(house.town.of_staff.values())
    return house.team(house.units(SERVICE)[-1])[:2], callers


def _day(
    house: House,
    who: Member,
    day: date,
    place: int,
    stocks: dict[int, list[tuple[int, date]]],
    known: tuple[Sequence[Member], list[int]],
) -> None:
    hours = _hours(house, who, day, place)
    if hours is None and who.role != AGENT:
        return
    busy = who.pace * (1.25 if day.weekday() in RUSHED else 0.9)
    begun = len(house.diary.looks[day][who.id])
    if who.role == SERVICE:
        _service(house, who, moments(house.rng, day, drawn(house.rng, busy), hours or {}), place)
        if who in known[0]:
            _known(house, who, day, known[1])
    elif who.role == CLAIMS:
        _claims(house, who, day, busy, hours or {}, stocks[who.id])
    elif who.role == AGENT:
        _agent(house, who, day, busy)
    else:
        _officer(house, who, day)
    if len(house.diary.looks[day][who.id]) > begun or hours is not None:
        _mishaps(house, who, day, hours or days.AFTER_WORK)
        _lists(house, who, day, hours or days.AFTER_WORK)
        _sign_ins(house, who, day)


def _hours(house: House, who: Member, day: date, place: int) -> dict[int, int] | None:
    """The hours the person works on this day; None: not at all."""
    shifted = place in house.shifts.get(who.unit, ())
    if shifted:
        turn = (who.id + place // 7) % 3
        weekend = day.weekday() >= 5
        if weekend:
            return days.OFFICE if turn == 0 else None
        return days.EVENING if turn else days.OFFICE
    if days.works(day):
        return days.OFFICE
    # A few of the service desk are on duty when all others are at home.
    duty = who.role == SERVICE and (who.id + place) % 8 == 0
    return days.OFFICE if duty else None


def _service(house: House, who: Member, calls: Sequence[datetime], place: int) -> None:
    diary, rng = house.diary, house.rng
    wrong = 0.65 if place in house.wrong_numbers.get(who.unit, ()) else 0.0
    for at in calls:
        customer = house.caller(who)
        kind = Kind.CONTACT if rng.random() < 0.8 else Kind.REQUEST
        purpose = diary.purpose(kind)
        while rng.random() < wrong:
            diary.note(who, at - timedelta(seconds=rng.randint(10, 50)), "search", purpose)
            if rng.random() < 0.7:
                break
        _write_up(house, who, customer, kind, at)
        ended = diary.visit(who, at, customer, purpose)
        if rng.random() < 0.01:  # asks for a relative on the same line
            others = house.town.members[house.town.household[customer]]
            diary.visit(who, ended + timedelta(seconds=40), rng.choice(others), purpose)


def _write_up(house: House, who: Member, customer: int, kind: str, at: datetime) -> None:
    """Most calls come with an item, some are written up by hand, some are forgotten."""
    rng, diary = house.rng, house.diary
    chance = rng.random()
    if chance < who.forgets:
        return
    if chance < who.forgets + who.writes_herself:
        late = rng.random() < WRITTEN_LATE
        opened = at + timedelta(minutes=rng.randint(65, 240) if late else rng.randint(2, 35))
        diary.item(kind, customer, who, opened, closed=opened + timedelta(hours=1), own=True)
        return
    closed = at + timedelta(minutes=rng.randint(5, 60) if kind == Kind.CONTACT else 3000)
    opened = at - timedelta(minutes=rng.randint(0, 4))
    diary.item(kind, customer, who, opened, closed=closed, shared=rng.random() < 0.4)


def _known(house: House, who: Member, day: date, callers: list[int]) -> None:
    for at in moments(house.rng, day, drawn(house.rng, 1.5)):
        customer = house.rng.choice(callers)
        if customer in house.related[who.id].own | house.related[who.id].family:
            continue  # passed on to the other
        if house.rng.random() > 0.004:
            house.diary.item(Kind.CONTACT, customer, who, at, closed=at + timedelta(hours=1))
        house.diary.visit(who, at, customer, "policy_service")


def _claims(
    house: House,
    who: Member,
    day: date,
    busy: float,
    hours: dict[int, int],
    stock: list[tuple[int, date]],
) -> None:
    rng, diary = house.rng, house.diary
    stock[:] = [(customer, until) for customer, until in stock if until >= day]
    while len(stock) < 30 or rng.random() < 0.5:
        _new_claim(house, who, day, stock, fresh=len(stock) >= 30)
    for at in moments(rng, day, drawn(rng, busy), hours):
        if rng.random() < who.forgets:
            # A colleague asks for advice, or somebody calls before there is a claim.
            diary.visit(who, at, house.caller(who), "claim", 0.8)
            continue
        customer, _ = rng.choice(stock)
        if rng.random() < who.writes_herself:
            customer = house.caller(who)
            diary.item(Kind.CONTACT, customer, who, at + timedelta(minutes=20), own=True)
        diary.visit(who, at, customer, diary.purpose(Kind.CLAIM), 0.8)


def _new_claim(
    house: House, who: Member, day: date, stock: list[tuple[int, date]], *, fresh: bool
) -> None:
    rng = house.rng
    customer = house.caller(who)
    until = day + timedelta(days=rng.randint(3 if fresh else 1, 40))
    opened = moment(rng, day, {7: 1}) - timedelta(days=0 if fresh else rng.randint(0, 20))
    closed = moment(rng, until)
    shared = rng.random() < 0.2
    house.diary.item(Kind.CLAIM, customer, who, opened, closed=closed, shared=shared)
    stock.append((customer, until))


def _agent(house: House, who: Member, day: date, busy: float) -> None:
    """Half of an agent's visits have an item; the rest is hers, and that is all anybody knows."""
    rng, diary, own = house.rng, house.diary, house.portfolio(who, day)
    if not own:
        return
    at_work = days.works(day)
    visits = [
        moment(rng, day, days.AFTER_WORK if at_work else days.OFFICE)
        for _ in range(drawn(rng, busy * who.late))
    ]
    if at_work:
        visits += moments(rng, day, drawn(rng, busy * (1 - who.late)))
    usual = own[: max(8, len(own) // 2)]  # some customers are seen all the time, others never
    for at in sorted(visits):
        customer = rng.choice(usual if rng.random() < 0.7 else own)
        if rng.random() < 0.5:
            kind = Kind.FOLLOW_UP if rng.random() < 0.7 else Kind.POLICY_SERVICE
            opened = at - timedelta(hours=rng.randint(1, 150))
            diary.item(kind, customer, who, opened, closed=at + timedelta(minutes=30))
            diary.visit(who, at, customer, diary.purpose(kind), 0.45)
        else:
            diary.visit(who, at, customer, rng.choice(("follow_up", "policy_service")), 0.3)


def _officer(house: House, who: Member, day: date) -> None:
    """Cases and samples; most of such work is in the log, where no customer is shown."""
    for at in moments(house.rng, day, drawn(house.rng, who.pace)):
        customer = house.caller(who)
        house.diary.visit(who, at, customer, OFFICE_WORK[who.role], 0.4)


def _mishaps(house: House, who: Member, day: date, hours: dict[int, int]) -> None:
    """Refusals by mistake: a customer who is no longer hers, a purpose that does not cover, no code given."""
    rng = house.rng
    at = partial(moment, rng, day, hours)
    new = 0 <= (day - who.joins).days < 10 and who.joins != DAYS[0]
    for _ in range(drawn(rng, who.asks_astray * (0.5 if who.role != AGENT else 1))):
        house.diary.note(who, at(), "denied", "follow_up", because="not-visible")
    for _ in range(drawn(rng, 0.4 if not new else 2.5)):
        because = rng.choice(("step-up-not-covered", "purpose-not-covered", "level-not-covered"))
        house.diary.note(who, at(), "denied", "policy_service", because=because)
    for _ in range(drawn(rng, who.typos * 4)):
        house.diary.note(who, at(), "search", "follow_up")


def _lists(house: House, who: Member, day: date, hours: dict[int, int]) -> None:
    """Pages of masks, which show nobody's interest in anybody."""
    rng = house.rng
    for _ in range(drawn(rng, {AGENT: 1.2, SERVICE: 0.15, CLAIMS: 0.7}.get(who.role, 0.2))):
        own = house.portfolio(who, day) if who.role == AGENT else range(10_000)
        first = rng.randrange(max(1, len(own) - 24))
        page = tuple(own[first : first + 25])
        says = str(OFFICE_WORK.get(Role(who.role), Purpose.FOLLOW_UP))
        house.diary.note(who, moment(rng, day, hours), "list", says, page)


def _sign_ins(house: House, who: Member, day: date) -> None:
    """From the office and by VPN; agents also from wherever their telephone is."""
    rng, office = house.rng, f"office-{who.unit}"
    looks = house.diary.looks[day][who.id]
    if not looks:
        return
    places = [office, office, f"vpn-{who.id}"]
    if who.role == AGENT:
        places += [f"mobile-{rng.randrange(60)}", f"mobile-{rng.randrange(60)}"]
    address = rng.choice(places)
    some = rng.sample(looks, min(len(looks), 1 + drawn(rng, 2.5)))
    for look in sorted(some, key=lambda look: look.at):
        if rng.random() < 0.25:
            address = rng.choice(places)
        house.diary.sign_in(who, look.at - timedelta(minutes=1), address)
