"""Looking again whether a hold is still needed; a hold ends by no date."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from records.legal_holds.placing import NotOpen, require_day
from records.models import HoldReview, LegalHold


def review(hold: LegalHold, *, note: str, next_on: date, actor: Actor) -> HoldReview:
    """Note that it stays and when to look again; raises `NotOpen`, `BadReviewDay`, `Refused`."""
    require_day(next_on)
    with transaction.atomic():
        held = LegalHold.objects.select_for_update().get(pk=hold.pk)
        gate.authorise(
            actor,
            Action.LEGAL_HOLD_REVIEW,
            channel=Channel.ADMIN,
            facts={"hold": held.code, "review": next_on.isoformat()},
            reason=note,
        )
        if held.status not in {LegalHold.Status.OPEN, LegalHold.Status.RELEASE_ASKED}:
            raise NotOpen
        done = HoldReview.objects.create(
            hold=held,
            reviewed_by_id=actors.person(actor),
            reviewed_at=clock.now(),
            note=note,
            next_on=next_on,
        )
        LegalHold.objects.filter(pk=held.pk).update(review_on=next_on)
    hold.refresh_from_db()
    return done
