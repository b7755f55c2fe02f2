"""Rules about who was looked at: oneself, family, colleagues, neighbours of the same name, known people."""

from __future__ import annotations

from pyroaring import BitMap

from access.audits.day import Hit
from access.audits.explaining import ASSIGNED, LENT, OFFICE, OFFICES, ORDER, UNASKED
from access.audits.weighing import Case

ANYHOW = frozenset(ORDER)
OUT_OF_PLACE = UNASKED | {OFFICE}
# Even what is one's own: nobody handles one's own file.
NOT_WORK = OUT_OF_PLACE | {ASSIGNED, LENT}


def own(case: Case) -> Hit | None:
    return _among(case, case.related.own, ANYHOW)


def family(case: Case) -> Hit | None:
    return _among(case, case.related.family - case.related.own, OUT_OF_PLACE)


def colleague(case: Case) -> Hit | None:
    near = case.related.own | case.related.family
    return _among(case, case.house.lists.staff - near, OUT_OF_PLACE)


def kin(case: Case) -> Hit | None:
    nearer = case.related.own | case.related.family | case.house.lists.staff
    if len(case.related.kin) > case["most"]:
        return None  # where everybody has the name, it says nothing
    return _among(case, case.related.kin - nearer, UNASKED)


def vip(case: Case) -> Hit | None:
    return _among(case, case.house.lists.vip, OUT_OF_PLACE)


def honey(case: Case) -> Hit | None:
    return _among(case, case.house.lists.honey, ANYHOW)


def _among(case: Case, wanted: BitMap, codes: frozenset[str]) -> Hit | None:
    if not wanted or not (wanted & case.its.seen):
        return None
    found = [(look.entry, subject) for look, subject in case.sights(codes) if subject in wanted]
    customers = {subject for _, subject in found}
    if not found or len(customers) + _earlier(case, wanted) < case["least"]:
        return None
    return case.hit([entry for entry, _ in found], customers=len(customers), looks=len(found))


def _earlier(case: Case, wanted: BitMap) -> int:
    """On how many of the rule's days before, for each such customer, nothing explained the look.

    An office explains everything, so what an officer opened counts.
    """
    past = case.house.past
    held = past.unasked if case.operator.role in OFFICES else past.unexplained
    days = case.united(held, BitMap())
    return sum(len(customers & wanted) for customers in days.values())
