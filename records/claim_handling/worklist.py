"""Whose claims wait for whom, with the clock that ends first on top."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from access import approvals
from access.actors import Actor
from access.models import Approval
from records.claim_handling import deciding
from records.claim_handling.lifecycle import OPEN
from records.claim_handling.steps import Code
from records.models import Claim, ClaimClock, ClaimDecision, ClaimStep

SHOWN: Final = 50


def by_urgency(rows: QuerySet[Any]) -> QuerySet[Any]:
    """What is due first; of what has no clock that runs, the oldest."""
    ticking = ClaimClock.objects.ticking().filter(claim=OuterRef("pk")).order_by("due_at")
    found: QuerySet[Any] = rows.annotate(next_due=Subquery(ticking.values("due_at")[:1]))
    return found.select_related("policy__product", "handler").order_by(
        F("next_due").asc(nulls_last=True), "pk"
    )


def open_ones(actor: Actor) -> QuerySet[Any]:
    """Claims within reach of which something is still to be done; a refusal until its letter is out."""
    told = ClaimStep.objects.filter(claim=OuterRef("pk"), code=Code.NOTICE_SENT)
    refused = Q(status=Claim.Status.REJECTED, handler__isnull=False) & ~Exists(told)
    rows: QuerySet[Any] = Claim.objects.visible_to(actor)
    return rows.filter(Q(status__in=OPEN) | refused)


def own(actor: Actor) -> list[Any]:
    return list(by_urgency(open_ones(actor).filter(handler_id=actor.id or 0))[:SHOWN])


def waiting(actor: Actor) -> list[Any]:
    """Those that nobody has taken."""
    return list(by_urgency(open_ones(actor).filter(handler=None))[:SHOWN])


def of_others(actor: Actor) -> list[Any]:
    """Those that somebody else handles: to be followed, or taken over."""
    taken = open_ones(actor).exclude(handler=None).exclude(handler_id=actor.id or 0)
    return list(by_urgency(taken)[:SHOWN])


def to_approve(actor: Actor) -> list[ClaimDecision]:
    """Decisions that wait, and on which this person may say yes."""
    rows = ClaimDecision.objects.visible_to(actor).filter(
        status=ClaimDecision.Status.WAITING, approval__kind=deciding.KIND
    )
    waiting: Iterable[ClaimDecision] = rows.select_related(
        "claim__policy__product", "claim__handler", "approval__rule", "proposed_by"
    ).order_by("proposed_at")[:SHOWN]
    return [each for each in waiting if approvals.standing(_approval(each), actor).may]


def _approval(decision: ClaimDecision) -> Approval:
    held = decision.approval
    assert held is not None  # noqa: S101  the constraint of the table
    return held
