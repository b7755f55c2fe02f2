"""Rules about the manner: at odd hours, where one has no business, one after the other, in the dark."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise
from statistics import median

from access.audits.day import ASTRAY, LOOKS, REFUSED, Hit, Look, SignIn
from access.audits.explaining import UNASKED
from access.audits.near_rules import NOT_WORK
from access.audits.numbers import Numbers
from access.audits.summing import dead_ends
from access.audits.weighing import Case
from access.querylog import hours


def off_hours(case: Case) -> Hit | None:
    """Customers at night and on weekends, for no reason, day after day, while the unit is at home."""
    if not case.its.numbers.outside_hours:
        return None
    count = case.total(_outside)
    seen = case.total(lambda n: n.customers)
    share = 100 * count / seen if seen else 0.0
    if (
        count < case["least"]
        or share < case["share"]
        or case.on_days(_outside) < case["active_days"]
    ):
        return None
    if count < case["times_peers"] * case.usual(_outside) or case.unit_does(_outside):
        return None
    entries = [
        look.entry
        for look, _ in case.sights(UNASKED)
        if hours.outside(look.at.weekday(), look.at.hour)
    ]
    return case.hit(entries, customers=int(count), share=round(share), days=case.days())


def _outside(numbers: Numbers) -> float:
    return numbers.outside_hours


def off_portfolio(case: Case) -> Hit | None:
    """Again and again a customer who is not hers to see."""
    astray = [
        look.entry for look in case.its.looks if look.act == REFUSED and look.because in ASTRAY
    ]
    count = case.total(lambda n: n.refused)
    peers = case.usual(lambda n: n.refused)
    if not astray or count < max(case["least"], case["times_peers"] * peers):
        return None
    return case.hit(astray, count=int(count), days=case.days(), peers=peers)


def enumeration(case: Case) -> Hit | None:
    """Customers in the order in which they were registered, quickly, and no work asked for them."""
    steps = _first_sights(case)
    best: list[tuple[Look, int]] = []
    run: list[tuple[Look, int]] = []
    way = 0
    for step in steps:
        turn = 0 if not run else (1 if step[1] > run[-1][1] else -1)
        near = bool(run) and (step[0].at - run[-1][0].at).total_seconds() <= 10 * case["gap"]
        if run and near and (way in {0, turn}):
            run.append(step)
            way = turn
        else:
            run, way = ([run[-1], step], turn) if near else ([step], 0)
        if len(run) > len(best) and _brisk(run, case["gap"]):
            best = list(run)
    if len(best) < case["run"]:
        return None
    return case.hit([look.entry for look, _ in best], run=len(best))


def _first_sights(case: Case) -> list[tuple[Look, int]]:
    """Each customer once, when she was first shown alone."""
    first: dict[int, Look] = {}
    for look, subject in case.sights(NOT_WORK):
        if look.act != "search":
            first.setdefault(subject, look)
    return sorted(((look, subject) for subject, look in first.items()), key=lambda s: s[0].at)


def _brisk(run: Sequence[tuple[Look, int]], gap: float) -> bool:
    if len(run) < 2:
        return True
    gaps = [(after[0].at - before[0].at).total_seconds() for before, after in pairwise(run)]
    return median(gaps) <= gap


def fishing(case: Case) -> Hit | None:
    """Searches that find nobody, again and again, and are given up."""
    empty = [look.entry for look in dead_ends(case.its.looks)]
    count = case.total(_empty)
    searches = case.total(lambda n: n.searches)
    share = 100 * count / searches if searches else 0.0
    if not empty or share < case["share"]:
        return None
    if count < max(case["least"], case["times_peers"] * case.usual(_empty)):
        return None
    return case.hit(empty, count=int(count), share=round(share), days=case.days())


def _empty(numbers: Numbers) -> float:
    return numbers.empty_searches


def dormant(case: Case) -> Hit | None:
    """An account that nobody used for weeks, and then looks at customers for no reason known."""
    last = case.house.past.last_active.get(case.operator.id)
    if last is None:
        return None
    idle = (case.house.day - last).days
    found = list(case.sights(UNASKED))
    customers = {subject for _, subject in found}
    if idle < case["idle_days"] or len(customers) < case["least"]:
        return None
    if 100 * len(customers) < case["share"] * case.its.numbers.customers:
        return None
    return case.hit([look.entry for look, _ in found], idle=idle, customers=len(customers))


def shared(case: Case) -> Hit | None:
    """One account going back and forth between two addresses: two people, or a stolen password."""
    within = timedelta(minutes=case["minutes"])
    best: list[SignIn] = []
    for place, first in enumerate(case.its.sign_ins):
        near = [each for each in case.its.sign_ins[place:] if each.at - first.at <= within]
        changes = _changes(near)
        if len(changes) > len(best):
            best = changes
    if len(best) <= case["changes"] or not any(each.act in LOOKS for each in case.its.looks):
        return None
    addresses = len({each.address for each in best})
    return case.hit([each.entry for each in best], changes=len(best) - 1, addresses=addresses)


def _changes(sign_ins: Sequence[SignIn]) -> list[SignIn]:
    """The first, and each that comes from another address than the one before."""
    found: list[SignIn] = []
    for each in sign_ins:
        if not found or each.address != found[-1].address:
            found.append(each)
    return found
