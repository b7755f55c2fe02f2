"""At the date: what nobody confirmed ends, person by person, by as many workers as there are.

Each person is one transaction under the locks of his rows. A worker that dies leaves the rest as it was, and
the next beat goes on there; nothing ends twice, because a row that has an answer is not looked at again.
"""

from __future__ import annotations

import structlog
from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.models import Campaign, HeldRight
from access.recertification import endings
from access.recertification.campaigns import CAMPAIGN, is_as_approved
from access.recertification.scope import Line
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.workflow import IllegalMove

Decision = HeldRight.Decision
_log = structlog.get_logger("access")


def carry_out() -> None:
    """Hand rows over whose reviewer is gone, and end what is due; safe to run as often as one likes."""
    with scopes.acting(actors.system("recertifier")):
        for campaign in Campaign.objects.open():
            reroute(campaign)
        for campaign in (
            Campaign.objects.due().select_related("approval", "unit").order_by("due_at")
        ):
            if not is_as_approved(campaign):
                # The hourly recheck tells the officers; nothing ends on a forged row's word.
                _log.warning("campaign-altered", job=campaign.pk)
                continue
            while lapse_next(campaign):
                failpoints.hit("recertify-between-people")
            close(campaign)


def reroute(campaign: Campaign) -> int:
    """Give each undecided row to whoever answers for the person now; how many changed hands."""
    line, moved = Line(), 0
    rows = campaign.rights.undecided().order_by("pk")
    for key, person, reviewer in rows.values_list("pk", "person_id", "reviewer_id"):
        now = line.reviewer_of(person)
        if now != reviewer:
            moved += HeldRight.objects.undecided().filter(pk=key).update(reviewer_id=now)
    return moved


def lapse_next(campaign: Campaign) -> bool:
    """End what one person's undecided rows stand for; False when no row is left that nobody holds."""
    with transaction.atomic():
        free = campaign.rights.undecided().select_for_update(of=("self",), skip_locked=True)
        first = free.order_by("person__staff_no", "pk").first()
        if first is None:
            return False
        for right in free.filter(person_id=first.person_id).select_related("person").order_by("pk"):
            _lapse(right, campaign)
        failpoints.hit("recertify-before-commit")
    return True


def close(campaign: Campaign) -> None:
    """The campaign is over once every row has its answer; whoever sees that first says so."""
    with transaction.atomic():
        if campaign.rights.undecided().exists():
            return
        try:
            CAMPAIGN.move(campaign, "close", {"closed_at": clock.now()})
        except IllegalMove:
            _log.info("campaign-closed-by-another", job=campaign.pk)


def _lapse(right: HeldRight, campaign: Campaign) -> None:
    now = clock.now()
    try:
        ended = endings.end(right)
    except endings.HouseNeeds as needs:
        decision, because = Decision.SPARED, needs.because
    else:
        decision, because = (Decision.LAPSED if ended else Decision.GONE), ""
    gate.authorise(
        actors.system("recertifier"),
        Action.RECERTIFICATION_APPLY,
        channel=Channel.TASK,
        facts={
            "campaign": str(campaign.ref),
            "right": str(right.ref),
            "kind": right.kind,
            "target": str(right.person.ref),
            "end": decision.value,
        },
    )
    HeldRight.objects.filter(pk=right.pk).update(
        decision=decision,
        decided_at=now,
        ended_at=None if decision is Decision.SPARED else now,
        because=because,
    )
