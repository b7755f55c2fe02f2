"""Noting what happened to a claim, and what its steps say of the clocks."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from access.actors import Actor
from access.models import Unit
from custodian import clock
from records.claim_handling.lifecycle import NotNow
from records.models import Claim, ClaimStep

Code = ClaimStep.Code
# The customer follows everything but what the house does among itself.
INTERNAL: Final = frozenset({Code.HANDED_ON, Code.RETURNED, Code.WITHDRAWN})


def note(
    claim: Claim, code: ClaimStep.Code, *, at: datetime | None = None, actor: Actor
) -> ClaimStep:
    """Write a step in the transaction of what it tells; one that happens once raises `NotNow` again."""
    unit = Unit.objects.filter(code=actor.unit).first() if actor.unit else None
    step = ClaimStep(
        claim_id=claim.pk,
        subject_id=claim.subject_id,
        code=code,
        at=at or clock.now(),
        unit=unit,
        by_id=actor.id,
    )
    try:
        with transaction.atomic():
            step.save(force_insert=True)
    except IntegrityError:
        raise NotNow from None
    return step


def first(steps: Iterable[ClaimStep], *codes: str) -> ClaimStep | None:
    return next((each for each in steps if each.code in codes), None)
