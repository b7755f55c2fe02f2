"""Named things that look odd in numbers and are quite in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta

from access.audits.explaining import Assigned
from tests.audits.quarter.days import DAYS, NIGHT, moment, moments, working
from tests.audits.quarter.diary import Kind
from tests.audits.quarter.house import House
from tests.audits.quarter.staff import AGENT, CLAIMS, SERVICE, Member

LATE = {18: 4, 19: 5, 20: 5, 21: 3}


def campaign(house: House) -> list[Member]:
    """A whole unit follows up on its customers in the order of a list, quickly, with imported items."""
    team = house.team(house.rng.choice(house.units(AGENT)))
    span = working(35, 49)
    ends = datetime.combine(span[-1], time(19))
    for who in team:
        own, each = sorted(house.portfolios[who.id]), 0
        opened = datetime.combine(span[0] - timedelta(days=1), time(20))
        for customer in own:
            if house.rng.random() < 0.93:  # the list was made a week before and has gaps
                house.diary.item(Kind.FOLLOW_UP, customer, who, opened, closed=ends)
        for day in [day for day in span if who.here(day)]:
            at = moment(house.rng, day, {9: 1, 13: 1})
            for customer in own[each : each + 14]:
                at = house.diary.visit(who, at, customer, "follow_up", 0.8)
                at += timedelta(seconds=house.rng.randint(40, 400))
            each += 14
    return team


def shift_change(house: House) -> list[Member]:
    """A service team works evenings and weekends for a month."""
    unit = house.units(SERVICE)[0]
    house.shifts[unit] = range(30, 60)
    return house.team(unit)


def common_surname(house: House) -> list[Member]:
    """A village where half the street has the agent's name; a claims handler comes from there too."""
    rng, town = house.rng, house.town
    agents = [each for each in house.of(AGENT) if each.id in town.of_staff]
    handlers = [each for each in house.of(CLAIMS) if each.id in town.of_staff]
    people = [rng.choice(agents), rng.choice(handlers)]
    at_home = town.of_staff[people[0].id]
    name, street = town.surname[at_home], town.street[at_home]
    for customer in house.portfolios[people[0].id]:
        town.street[customer] = street
        if rng.random() < 0.5:
            town.surname[customer] = name
    own = town.of_staff[people[1].id]
    town.surname[own], town.street[own] = name, street
    town.__post_init__()
    house.relate()
    _village_claims(house, people[1])
    return people


def _village_claims(house: House, who: Member) -> None:
    near = house.related[who.id]
    kin = sorted(near.kin)
    for day in working():
        if kin and who.here(day) and house.rng.random() < 0.3:
            customer = house.rng.choice(kin)
            at = moment(house.rng, day)
            if house.rng.random() > who.forgets:
                closed = at + timedelta(days=5)
                house.diary.item(Kind.CLAIM, customer, who, at - timedelta(hours=5), closed=closed)
            house.diary.visit(who, at, customer, "claim")


def family_handler(house: House) -> list[Member]:
    """Agents who sold policies to their own family, and serve them."""
    agents = [each for each in house.of(AGENT) if house.related[each.id].family and not each.part]
    people = house.rng.sample(agents, 4)
    for who in people:
        family = sorted(house.related[who.id].family)
        for customer in family:
            house.assign(customer, who)
        for day in house.rng.sample(working(), 6):
            at = moment(house.rng, day)
            house.diary.visit(who, at, house.rng.choice(family), "policy_service")
    return people


def quarter_end(house: House) -> list[Member]:
    """A claims team works late and much at the end of the quarter, with items for nearly all of it."""
    team = house.team(house.units(CLAIMS)[-1])
    for day in DAYS[20:30]:
        for who in [each for each in team if each.here(day) and house.rng.random() < 0.8]:
            hours = LATE if day.weekday() < 5 else {10: 1, 11: 1, 14: 1, 15: 1, 16: 1}
            for at in moments(house.rng, day, house.rng.randint(8, 22), hours):
                customer = house.caller(who)
                if house.rng.random() > who.forgets:
                    closed = at + timedelta(hours=2)
                    house.diary.item(
                        Kind.PAYMENT, customer, who, at - timedelta(days=3), closed=closed
                    )
                house.diary.visit(who, at, customer, "payment")
    return team


def new_colleagues(house: House) -> list[Member]:
    """They learn by being refused."""
    ordinary = [each for role in (AGENT, SERVICE) for each in house.of(role)]
    people = house.rng.sample(ordinary, 5)
    for who in people:
        who.joins = house.rng.choice(working(15, 60))
        for day in [day for day in working() if 0 <= (day - who.joins).days < 9]:
            for at in moments(house.rng, day, house.rng.choice((0, 1, 1, 2))):
                house.diary.note(who, at, "denied", "follow_up", because="not-visible")
    return people


def handover(house: House) -> list[Member]:
    """An agent leaves; a colleague gets the portfolio and opens all of it within a week or so."""
    leaver, heir = house.rng.sample(house.team(house.rng.choice(house.units(AGENT))), 2)
    span = working(50, 62)
    leaver.notice_on, leaver.leaves_on = working(22, 26)[0], working(46, 49)[0]
    since = datetime.combine(span[0], time(8))
    left = list(house.portfolios[leaver.id])
    for customer in left:
        house.diary.assigned.append(Assigned(customer, heir.id, since))
        if house.rng.random() < 0.5:
            house.diary.item(Kind.FOLLOW_UP, customer, heir, since)
    house.inherited[heir.id] = (span[-1], left)
    heir.away -= set(span)
    for place, day in enumerate(span):
        at = moment(house.rng, day, {9: 1})
        for customer in left[place * len(left) // len(span) : (place + 1) * len(left) // len(span)]:
            at = house.diary.visit(heir, at, customer, "follow_up", 0.8)
            at += timedelta(seconds=house.rng.randint(60, 500))
    return [leaver, heir]


def typo_prone(house: House) -> list[Member]:
    """The telephone system names wrong numbers to one team for three weeks."""
    unit = house.units(SERVICE)[1]
    house.wrong_numbers[unit] = range(40, 61)
    return house.team(unit)


def long_leave(house: House) -> list[Member]:
    """Two come back after two months, and one leaves in the ordinary way."""
    people = house.rng.sample(house.of(SERVICE) + house.of(CLAIMS), 3)
    for who in people[:2]:
        who.away |= set(DAYS[4:66])
    people[2].notice_on, people[2].leaves_on = DAYS[40], DAYS[72]
    return people


def night_owl(house: House) -> list[Member]:
    """Somebody likes to finish at night what has been asked for by day."""
    who = house.rng.choice(house.of(CLAIMS))
    for day in working():
        if who.here(day) and house.rng.random() < 0.4:
            for at in moments(house.rng, day, house.rng.randint(1, 4), NIGHT):
                customer = house.caller(who)
                if house.rng.random() > who.forgets:
                    opened = at - timedelta(hours=9)
                    house.diary.item(Kind.CLAIM, customer, who, opened, closed=at)
                house.diary.visit(who, at, customer, "claim")
    return [who]


CONFOUNDERS: Mapping[str, Callable[[House], list[Member]]] = {
    "campaign": campaign,
    "shift change": shift_change,
    "common surname": common_surname,
    "family handler": family_handler,
    "quarter-end crunch": quarter_end,
    "new colleagues": new_colleagues,
    "handover": handover,
    "typo-prone": typo_prone,
    "long leave": long_leave,
    "night owl": night_owl,
}
