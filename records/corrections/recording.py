"""One way into the log and into the tables: who acts is asked, and the product itself writes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, Final

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.querylog.leaf import Tagged
from custodian.errors import NotVisible
from custodian.workflow import IllegalMove
from records.corrections.errors import NotNow
from records.corrections.workflows import CORRECTION
from records.models import Correction, CorrectionStep

WRITER: Final = "corrector"


def tags(subject: int) -> list[Tagged]:
    """By what the customer finds the entry; raises `NotVisible` for whoever does not reach her."""
    found = scopes.find([subject])
    if not found:
        raise NotVisible
    return gate.tagged(found)


@contextmanager
def writing(correction: Correction) -> Iterator[Correction]:
    """The row, locked, in a transaction of the product's own reach: nobody else's may write here."""
    with transaction.atomic(), scopes.acting(actors.system(WRITER)):
        yield held(correction)


def held(correction: Correction) -> Correction:
    found: Correction = Correction.objects.select_for_update(of=("self",)).get(pk=correction.pk)
    return found


def record(
    correction: Correction,
    action: Action,
    *,
    tagged: Sequence[Tagged],
    channel: str,
    purpose: str = "",
    facts: Mapping[str, Any] | None = None,
    reason: str = "",
    actor: Actor,
) -> None:
    gate.authorise(
        actor,
        action,
        channel=channel,
        purpose=purpose,
        subjects=tagged,
        facts={"correction": correction.ref, **(facts or {})},
        reason=reason,
    )


def move(correction: Correction, name: str, changes: Mapping[str, Any] | None = None) -> None:
    """Raises `NotNow` for a correction that somebody has moved meanwhile."""
    try:
        CORRECTION.move(correction, name, changes)
    except IllegalMove:
        raise NotNow from None


def step(correction: Correction, code: str, *, unit: str = "") -> None:
    """What the customer sees of it: no name of anybody."""
    CorrectionStep.objects.create(
        correction=correction, subject_id=correction.subject_id, code=code, unit=unit
    )
