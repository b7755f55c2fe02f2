"""Placing and releasing holds: one asks, another says yes; a hold holds from the asking, and until the yes.

What is asked for holds at once, for `PROVISIONAL` days unless it is approved or returned, because evidence
must not go while the second person is away; a release counts only with the second person's yes. The log
says which hold and under which digest, and no customer: whoever is under investigation is not to learn it
from the list of looks at her.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove, Workflow
from records.legal_holds.covering import Draft
from records.legal_holds.excluding import exclude_destruction
from records.models import LegalHold

PLACE, RELEASE = "legal-hold", "legal-hold-release"
# The company's own habit, not law.
REVIEW_AFTER = timedelta(days=183)
LONGEST = timedelta(days=366)
Status = LegalHold.Status
LEGAL_HOLD = Workflow(
    {
        "open": (frozenset({Status.ASKED.value}), Status.OPEN.value),
        "return": (frozenset({Status.ASKED.value}), Status.RETURNED.value),
        "ask-release": (frozenset({Status.OPEN.value}), Status.RELEASE_ASKED.value),
        "keep": (frozenset({Status.RELEASE_ASKED.value}), Status.OPEN.value),
        "release": (frozenset({Status.RELEASE_ASKED.value}), Status.RELEASED.value),
    }
)


class BadReviewDay(CustodianError):
    """A hold is looked at again within a year."""

    code = "hold-review-day"
    message = _("请填明天起一年以内的日期")


class NotOpen(CustodianError):
    """Only a hold that was approved and not released can be released or reviewed."""

    code = "hold-not-open"
    status = 409
    message = _("这项保留没有批准、已申请解除或已解除。请看最新的状态")


def place(
    draft: Draft, *, ground: str, reason: str, review_on: date, letter: str = "", actor: Actor
) -> LegalHold:
    """Ask for a hold, which holds from here on; raises `BadReviewDay`, `Refused`.

    Waits for a chunk that is being destroyed: see `exclude_new`. A second click finds what the first one
    asked for.
    """
    require_day(review_on)
    asked = {
        "scope": draft.scope,
        "selector": dict(draft.selector),
        "ground": LegalHold.Ground(ground).value,
        "reason": reason,
        "letter": letter,
        "placed_by_id": actors.person(actor),
        "review_on": review_on,
    }
    with transaction.atomic():
        exclude_destruction()
        waiting = LegalHold.objects.in_force().filter(status=Status.ASKED, **asked).first()
        if waiting is not None:
            return waiting
        hold = LegalHold(code=_next_code(), placed_at=clock.now(), **asked)
        payload = _content(hold, review_on)
        gate.authorise(
            actor,
            Action.LEGAL_HOLD_PLACE,
            channel=Channel.ADMIN,
            facts={
                "hold": hold.code,
                "hold-scope": hold.scope,
                "ground": hold.ground,
                "digest": approvals.digest_of(PLACE, payload),
            },
            reason=reason,
        )
        hold.approval = approvals.request(PLACE, payload, actor=actor)
        hold.save()
    return hold


def ask_release(hold: LegalHold, *, reason: str, actor: Actor) -> Approval:
    """Ask that it ends; it holds until somebody else has agreed. Raises `NotOpen`, `Refused`."""
    with transaction.atomic():
        held = LegalHold.objects.select_for_update().get(pk=hold.pk)
        payload = release_content(held, reason)
        gate.authorise(
            actor,
            Action.LEGAL_HOLD_RELEASE,
            channel=Channel.ADMIN,
            facts={"hold": held.code, "digest": approvals.digest_of(RELEASE, payload)},
            reason=reason,
        )
        approval = approvals.request(RELEASE, payload, actor=actor)
        try:
            changes = {"release_reason": reason, "release_approval": approval}
            LEGAL_HOLD.move(held, "ask-release", changes)
        except IllegalMove:
            raise NotOpen from None
    hold.refresh_from_db()
    return approval


def require_day(review_on: date) -> None:
    today = clock.local().date()
    if not today < review_on <= today + LONGEST:
        raise BadReviewDay


def content(hold: LegalHold) -> dict[str, Any]:
    """All that is approved, and since when it holds; of a hold that was asked for."""
    return _content(hold, _first_review(hold))


def _content(hold: LegalHold, review: date) -> dict[str, Any]:
    return {
        "hold": hold.code,
        "ref": str(hold.ref),
        "scope": hold.scope,
        "selector": hold.selector,
        "ground": hold.ground,
        "reason": hold.reason,
        "letter": hold.letter,
        "since": hold.placed_at.astimezone(UTC).isoformat(),
        "review": review.isoformat(),
    }


def release_content(hold: LegalHold, reason: str) -> dict[str, Any]:
    """What is agreed to when a hold ends: exactly this hold, with all that it holds."""
    return {
        "hold": hold.code,
        "ref": str(hold.ref),
        "holds": approvals.digest_of(PLACE, content(hold)),
        "reason": reason,
    }


def altered() -> Iterator[Approval]:
    """Approvals whose hold is gone, or holds something else, or ended without the second person."""
    with_holds = set()
    rows = LegalHold.objects.select_related("approval", "release_approval", "placed_by")
    for hold in rows.prefetch_related("reviews").order_by("pk"):
        with_holds.add(str(hold.ref))
        if not _is_as_left(hold):
            yield hold.approval
    asked = Approval.objects.filter(kind=PLACE).order_by("pk")
    yield from (each for each in asked if each.payload.get("ref") not in with_holds)


# Where hold and approvals stand together; anything else was written by hand.
_TOGETHER = {
    (Status.ASKED, "waiting", ""),
    (Status.RETURNED, "returned", ""),
    (Status.OPEN, "approved", ""),
    (Status.OPEN, "approved", "returned"),
    (Status.RELEASE_ASKED, "approved", "waiting"),
    (Status.RELEASED, "approved", "approved"),
}


def _is_as_left(hold: LegalHold) -> bool:
    approval, release = hold.approval, hold.release_approval
    if approval.kind != PLACE or not approvals.is_as_left(approval):
        return False
    if approval.digest != approvals.digest_of(PLACE, content(hold)):
        return False
    if release is not None:
        said = approvals.digest_of(RELEASE, release_content(hold, hold.release_reason))
        if release.kind != RELEASE or release.digest != said or not approvals.is_as_left(release):
            return False
    together = (hold.status, approval.status, release.status if release else "")
    return (
        together in _TOGETHER
        and hold.placed_by_id == approval.requested_by_id
        and hold.review_on == _last_review(hold)
    )


def _first_review(hold: LegalHold) -> date:
    """The day that was approved, whatever reviews have moved it to since."""
    return date.fromisoformat(hold.approval.payload["review"])


def _last_review(hold: LegalHold) -> date:
    reviews = list(hold.reviews.all())
    return reviews[0].next_on if reviews else _first_review(hold)


def _next_code() -> str:
    # Holds are asked for one after the other: `exclude_destruction` is in force until the commit.
    year = clock.local().year
    taken = LegalHold.objects.filter(code__startswith=f"LH-{year}-").count()
    return f"LH-{year}-{taken + 1:03d}"
