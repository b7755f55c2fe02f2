"""Rules about how much: in a day, over weeks, a little every day, and how much of it nobody asked for."""

from __future__ import annotations

from datetime import date, timedelta

from access.audits.day import OPENED, Hit
from access.audits.explaining import NOTHING, OWN_WORD
from access.audits.near_rules import NOT_WORK
from access.audits.numbers import Numbers, median
from access.audits.weighing import Case


def bulk(case: Case) -> Hit | None:
    """Far more customers opened in a day than the person and her peers do, and no work asked for them."""
    count = case.its.numbers.unasked
    before = case.house.days_of(case.operator.id, 30)
    mine = median(n.unasked for day, n in before if day < case.house.day)
    peers = case.usual(lambda n: n.unasked)
    bound = max(case["least"], case["times_usual"] * mine, case["times_peers"] * peers)
    if count < bound:
        return None
    return case.hit(_opened(case), customers=count, usual=mine, peers=peers)


def harvest(case: Case) -> Hit | None:
    """Over a month, plaintext of many customers without any work, far above what the role does."""
    if not case.its.unasked:
        return None
    days = case.united(case.house.past.unasked, case.its.unasked)
    customers = len(case.its.unasked.union(*days.values()))
    peers = case.usual(lambda n: n.unasked)
    if customers < max(case["least"], case["times_peers"] * peers):
        return None
    return case.hit(_opened(case), customers=customers, days=case.days(), peers=peers)


def drip(case: Case) -> Hit | None:
    """A few customers whom nothing explains, on nearly every day: no day says much, all together do."""
    if not case.its.unexplained:
        return None
    days = case.united(case.house.past.unexplained, case.its.unexplained)
    customers = sum(len(each) for each in days.values())
    if len(days) < case["active_days"] or customers > case["most_a_day"] * len(days):
        return None
    if 100 * len(days) < case["steady"] * case.on_days(_sights):
        return None
    part = _total(case) / case.total(_sights)
    if part < case["times_peers"] * case.usual_part(_unexplained, _sights):
        return None
    entries = [look.entry for look, _ in case.sights(frozenset({NOTHING}))]
    return case.hit(entries, customers=customers, active=len(days), days=case.days())


def unexplained(case: Case) -> Hit | None:
    """A share of looks that nobody asked for, far above that of the role."""
    count, seen = _total(case), case.total(lambda n: n.sights)
    share = 100 * count / seen if seen else 0.0
    if not case.its.numbers.unexplained or count < case["least"] or share < case["share"]:
        return None
    if count < case["times_peers"] * case.usual(lambda n: n.unexplained):
        return None
    entries = [look.entry for look, _ in case.sights(frozenset({NOTHING}))]
    return case.hit(entries, count=int(count), share=round(share), days=case.days())


def own_word(case: Case) -> Hit | None:
    """Looks that only the person's own word explains."""
    count, seen = case.total(lambda n: n.own_word), case.total(lambda n: n.sights)
    share = 100 * count / seen if seen else 0.0
    if not case.its.numbers.own_word or count < case["least"] or share < case["share"]:
        return None
    if count < case["times_peers"] * case.usual(lambda n: n.own_word):
        return None
    entries = [look.entry for look, _ in case.sights(frozenset({OWN_WORD}))]
    return case.hit(entries, count=int(count), share=round(share), days=case.days())


def leaver(case: Case) -> Hit | None:
    """After notice, or shortly before the last day: more than usual, without work that asks for it."""
    begun = _leaving_since(case)
    if begun is None or case.house.day < begun or not case.its.unasked:
        return None
    days = case.united(case.house.past.unasked, case.its.unasked)
    late = [each for day, each in days.items() if day >= begun]
    customers = len(case.its.unasked.union(*late))
    before = case.house.past.numbers.get(case.operator.id, {}).items()
    usual = median(n.unasked for day, n in before if day < begun)
    bound = max(case["least"], case["times_usual"] * usual * max(len(late), 1))
    if customers < bound:
        return None
    return case.hit(_opened(case), customers=customers, days=case.days(), usual=usual)


def _leaving_since(case: Case) -> date | None:
    dates = [case.operator.notice_on] if case.operator.notice_on else []
    if case.operator.leaves_on:
        dates.append(case.operator.leaves_on - timedelta(days=int(case["before"])))
    return min(dates) if dates else None


def _total(case: Case) -> float:
    return case.total(_unexplained)


def _sights(numbers: Numbers) -> float:
    return numbers.sights


def _unexplained(numbers: Numbers) -> float:
    return numbers.unexplained


def _opened(case: Case) -> list[int]:
    """Entries in which a value was shown that no work asked for."""
    return [look.entry for look, _ in case.sights(NOT_WORK) if look.act == OPENED]
