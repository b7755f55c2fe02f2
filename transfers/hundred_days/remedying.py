"""What has to be put right in the first hundred days: each with an owner and a day, ended with a reason."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.models import User
from access.vocabulary import Channel, Role
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove, Workflow
from transfers.letters import arrived
from transfers.models import Remedy, Transfer

DAYS: Final = timedelta(days=100)
OFFICES: Final = (
    Role.COMPLIANCE_OFFICER,
    Role.SECURITY_OFFICER,
    Role.SERVICE_DESK,
    Role.CLAIMS_HANDLER,
)
State = Remedy.State
REMEDY: Final = Workflow(
    {
        "finish": (frozenset({State.OPEN.value}), State.DONE.value),
        "drop": (frozenset({State.OPEN.value}), State.DROPPED.value),
    },
    field="state",
)


class NotInTime(CustodianError):
    """The day lies behind, or beyond the hundredth."""

    code = "remedy-day"
    status = 422
    message = _("期限须在今天之后、第一百天之前")


class RemedyKnown(CustodianError):
    """Somebody sees to it already."""

    code = "remedy-known"
    status = 409
    message = _("这一项已经有人在办")


class RemedyEnded(CustodianError):
    """It is done or dropped already."""

    code = "remedy-ended"
    status = 409
    message = _("这一项已经办结")


def last_day(transfer: Transfer) -> date | None:
    """The hundredth day from the moment on; None before it is set."""
    receipt = getattr(transfer, "receipt", None)
    if receipt is None or receipt.live_at is None:
        return None
    return clock.local(receipt.live_at + DAYS).date()


def owners() -> list[User]:
    return list(User.objects.filter(role__in=OFFICES, is_active=True).order_by("staff_no"))


def begin(
    transfer: Transfer,
    *,
    what: str,
    code: str,
    says: str,
    count: int,
    owner: User,
    due_on: date,
    actor: Actor,
) -> Remedy:
    """Raises `NotLiveYet`, `NotInTime`, `RemedyKnown`."""
    arrived.require_live(transfer)
    last = last_day(transfer)
    if last is None or not clock.local().date() <= due_on <= last:
        raise NotInTime
    row = Remedy(
        transfer=transfer, what=Remedy.What(what), code=code, says=says, count=count, owner=owner,
        due_on=due_on, opened_by_id=actors.person(actor),
    )  # fmt: skip
    try:
        with transaction.atomic():
            _authorise(row, actor, outcome="opened")
            row.save()
    except IntegrityError:
        raise RemedyKnown from None
    return row


def end(row: Remedy, *, done: bool, reason: str, actor: Actor) -> None:
    """Done, or dropped; either with its reason. Raises `RemedyEnded`."""
    changes = {"ended_at": clock.now(), "ended_by_id": actors.person(actor), "reason": reason}
    try:
        with transaction.atomic():
            _authorise(row, actor, outcome="done" if done else "dropped")
            REMEDY.move(row, "finish" if done else "drop", changes)
    except IllegalMove:
        raise RemedyEnded from None


def _authorise(row: Remedy, actor: Actor, *, outcome: str) -> None:
    gate.authorise(
        actor,
        Action.REMEDY_CHANGE,
        channel=Channel.ADMIN.value,
        facts={"transfer": row.transfer.code, "remedy": str(row.ref), "outcome": outcome},
    )
