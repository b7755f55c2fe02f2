"""What all acts on a risk have in common: its row is held, the act is on record, its history is added to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.action_roles import ROLES
from access.actions import Action
from access.actors import Actor
from access.models import User
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import Workflow
from incidents.models import Risk, RiskEvent

What = RiskEvent.What
Status = Risk.Status
RISK: Final = Workflow(
    {
        "close": (frozenset({Status.OPEN.value}), Status.CLOSED.value),
        "reopen": (frozenset({Status.CLOSED.value}), Status.OPEN.value),
    }
)


class Closed(CustodianError):
    """It is off the register, and nothing is done to it before it is taken up again."""

    code = "risk-closed"
    status = 409
    message = _("风险已销号，要办理请先重新在册")


class CannotOwn(CustodianError):
    """He has left, or does not work for the insurer."""

    code = "risk-cannot-own"
    message = _("该人员已停用或不是本公司人员，请另选负责人")


class NotInTime(CustodianError):
    """The day lies behind."""

    code = "risk-day"
    message = _("日期不能早于今天")


class SaysNothing(CustodianError):
    """Somebody will ask why."""

    code = "risk-says-nothing"
    message = _("请写明理由或结果")


@contextmanager
def held(risk: Risk) -> Iterator[Risk]:
    """The row, locked until the transaction ends. Raises `Closed`."""
    with transaction.atomic():
        row = Risk.objects.select_for_update().get(pk=risk.pk)
        if row.status == Status.CLOSED:
            raise Closed
        yield row


def authorise(risk: Risk, what: str, actor: Actor, *, action: Action = Action.RISK_WORK) -> None:
    facts = {"risk": risk.code, "outcome": what}
    gate.authorise(actor, action, channel=Channel.ADMIN, facts=facts)


def write(risk: Risk, what: str, *, actor: Actor | None, text: str = "", **facts: Any) -> None:
    """Without an actor it was the house itself."""
    by = actors.person(actor) if actor is not None and actor.id is not None else None
    RiskEvent.objects.create(risk=risk, what=what, by_id=by, text=text[:300], facts=facts)


def require_owner(owner: User | None) -> None:
    if owner is None:
        return
    if not owner.is_active or owner.role not in ROLES[Action.RISK_ACTION_SETTLE]:
        raise CannotOwn


def require_day(day: date) -> None:
    if day < clock.local().date():
        raise NotInTime


def require_words(said: str) -> None:
    if not said.strip():
        raise SaysNothing
