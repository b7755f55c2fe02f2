"""The clocks of a claim, always reckoned anew from its steps: nobody sets one, and nobody moves one.

The thirty days of 保险法 art. 23 run from the report, stand still from the notice of missing papers until
the last of them has come, and end with the decision; a contract may give other days. The sixty of art. 25 run
from the complete papers, the ten of art. 23 from the agreement, the three of art. 24 from the refusal. The
company's own time for the notice of art. 22 runs beside them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from access.law import clocks as law_clocks
from access.law.clocks import Face
from custodian import clock
from records.claim_handling import terms
from records.claim_handling.steps import Code, first
from records.models import Claim, ClaimClock, ClaimStep

DECISION, ADVANCE = "CN-CLAIM-30D", "CN-CLAIM-60D"
PAYMENT, NOTICE = "CN-CLAIM-10D", "CN-CLAIM-3D"
PAPERS = "CO-CLAIM-PAPERS"
RULES: Final = (DECISION, ADVANCE, PAYMENT, NOTICE, PAPERS)


@dataclass(frozen=True)
class Running:
    """One clock as the steps tell it. `waited` does not count; while `paused_at` is set nothing runs."""

    rule: str
    start: datetime
    waited: timedelta = timedelta()
    paused_at: datetime | None = None
    stop: datetime | None = None


def running(steps: Iterable[ClaimStep]) -> Iterator[Running]:
    """Every clock that has begun. Pure; what has no time, as imported ends have, begins none."""
    known = list(steps)

    def at(*codes: str) -> datetime | None:
        step = first(known, *codes)
        return step.at if step else None

    reported, asked, complete = _reported(known), at(Code.PAPERS_ASKED), at(Code.PAPERS_COMPLETE)
    decided = at(Code.APPROVED, Code.REJECTED)
    if reported is not None:
        came = complete if asked is not None else None
        waited = came - asked if came is not None and asked is not None else timedelta()
        paused = asked if asked is not None and came is None and decided is None else None
        yield Running(DECISION, reported, waited, paused, decided)
        yield from _papers(known, reported, asked, complete, decided)
    if (agreed := at(Code.AGREED)) is not None:
        yield Running(PAYMENT, agreed, stop=at(Code.PAID))
    if (rejected := at(Code.REJECTED)) is not None:
        yield Running(NOTICE, rejected, stop=at(Code.NOTICE_SENT))


def _papers(
    steps: list[ClaimStep],
    reported: datetime,
    asked: datetime | None,
    complete: datetime | None,
    decided: datetime | None,
) -> Iterator[Running]:
    """What runs from the papers; a book does not tell when an imported claim's came, or were asked for."""
    imported = any(each.imported for each in steps)
    if not imported:
        yield Running(PAPERS, reported, stop=_earliest(asked, complete, decided))
    since = complete or (None if imported or asked is not None else reported)
    if since is not None:
        paid = first(steps, Code.ADVANCE_PAID)
        yield Running(ADVANCE, since, stop=_earliest(paid.at if paid else None, decided))


def _reported(steps: list[ClaimStep]) -> datetime | None:
    """Of an imported claim that is open, the beginning of the day that the book tells."""
    step = first(steps, Code.REPORTED)
    if step is None:
        return None
    if not step.imported:
        return step.at
    over = first([each for each in steps if each.imported], Code.APPROVED, Code.REJECTED, Code.PAID)
    if step.day is None or over is not None:
        return None
    return datetime.combine(step.day, time(), clock.OFFICE)


def _earliest(*moments: datetime | None) -> datetime | None:
    return min((each for each in moments if each is not None), default=None)


def keep(claim: Claim) -> None:
    """Write the clocks as the steps tell them, in the transaction of the step."""
    told = {each.rule: each for each in running(ClaimStep.objects.filter(claim=claim))}
    days = terms.decide_days(claim.policy.product_id)
    held = {each.rule: each for each in ClaimClock.objects.filter(claim=claim)}
    for rule, each in told.items():
        row = held.get(rule) or ClaimClock(claim=claim, subject_id=claim.subject_id, rule=rule)
        row.started_at, row.stopped_at = each.start, each.stop
        row.waited, row.paused_at = each.waited, each.paused_at
        if row.pk is None and rule == DECISION:
            row.contract_days = days
        row.save()
    ClaimClock.objects.filter(claim=claim).exclude(rule__in=list(told)).delete()


def next_due(claim: Claim) -> datetime | None:
    """When the first of its clocks that run now is due."""
    rows = ClaimClock.objects.ticking().filter(claim=claim).order_by("due_at")
    found: datetime | None = rows.values_list("due_at", flat=True).first()
    return found


def shown(claim: Claim, *, for_customer: bool = False) -> list[Face]:
    """Each clock as the component draws it, those that run first; the house's own are not the customer's."""
    rows = ClaimClock.objects.filter(claim=claim).order_by("due_at")
    mine = [each for each in rows if not (for_customer and each.rule == PAPERS)]
    book = law_clocks.Book()
    return [
        law_clocks.shown(each, book=book, for_customer=for_customer)
        for each in sorted(mine, key=lambda row: (row.stopped_at is not None, row.due_at))
    ]


def nearest(claims: Sequence[int]) -> dict[int, Face]:
    """By claim the clock that ends first, drawn."""
    rows = ClaimClock.objects.ticking().filter(claim__in=claims).order_by("claim_id", "due_at")
    book = law_clocks.Book()
    return {each.claim_id: law_clocks.shown(each, book=book) for each in rows.distinct("claim_id")}
