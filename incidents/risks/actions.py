"""Actions with an owner and a day: of a risk, of a control that failed, of what an audit found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.models import User
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from custodian.workflow import IllegalMove, Workflow
from incidents import own_telling
from incidents.models import AuditRound, ControlCheck, Risk, RiskAction
from incidents.risks.standing import (
    Closed,
    What,
    require_day,
    require_owner,
    require_words,
    write,
)

SETTLE: Final = Action.RISK_ACTION_SETTLE
State = RiskAction.State
ACTION: Final = Workflow(
    {
        "finish": (frozenset({State.OPEN.value}), State.DONE.value),
        "drop": (frozenset({State.OPEN.value}), State.DROPPED.value),
        "resume": (frozenset({State.DONE.value}), State.OPEN.value),
    },
    field="state",
)
Thing = Risk | ControlCheck | AuditRound


class Settled(CustodianError):
    """It is no longer in the state from which this begins."""

    code = "risk-action-settled"
    status = 409
    message = _("这项措施的状态已变，请刷新后再看")


class NotYours(CustodianError):
    """Only its owner and the offices that keep the register do this."""

    code = "risk-action-not-yours"
    status = 403
    message = _("只有负责人或合规、安全部门可以办理")


class NotTheSecond(CustodianError):
    """Whether it works is for somebody else to say than its owner and whoever called it done."""

    code = "risk-action-not-the-second"
    status = 409
    message = _("是否有效须由另一人确认：不能是负责人，也不能是登记办结的人")


def propose(
    thing: Thing,
    *,
    title: str,
    owner: User | None,
    due_on: date,
    found: str = "",
    actor: Actor,
) -> RiskAction:
    """Raises `CannotOwn`, `NotInTime`, `Closed`."""
    require_owner(owner)
    require_day(due_on)
    with transaction.atomic():
        if isinstance(thing, Risk) and thing.status == Risk.Status.CLOSED:
            raise Closed
        row = RiskAction(
            title=title[:120], owner=owner, due_on=due_on, found=found, opened_by_id=actor.id,
            **_of(thing),
        )  # fmt: skip
        action = Action.RISK_WORK if isinstance(thing, Risk) else _keeps(thing, actor)
        _authorise(row, action, "opened", actor)
        row.save(force_insert=True)
        own_telling.note(owner, own_telling.Thing.ACTION, row.ref, by=actor)
        told(row, actor, "opened", text=title, owner=str(owner or ""), due=due_on.isoformat())
    return row


def _of(thing: Thing) -> dict[str, Any]:
    if isinstance(thing, Risk):
        return {"risk": thing}
    return {"round": thing} if isinstance(thing, AuditRound) else {"check_row": thing}


def _keeps(thing: Thing, actor: Actor) -> Action:
    """The act under which something hangs on a check or an audit."""
    if isinstance(thing, AuditRound):
        return Action.AUDIT_PLAN
    return Action.CONTROL_MEASURE if actor.id is None else Action.CONTROL_CHECK


def move(action: RiskAction, *, owner: User, due_on: date, why: str, actor: Actor) -> None:
    """By who keeps the register. Raises `SaysNothing`, `CannotOwn`, `NotInTime`, `Settled`."""
    require_owner(owner)
    with _locked(action, actor, keeper_only=True) as row:
        if row.state != State.OPEN:
            raise Settled
        if row.due_on != due_on:
            require_day(due_on)
            require_words(why)
        _authorise(row, SETTLE, "moved", actor)
        RiskAction.objects.filter(pk=row.pk).update(owner=owner, due_on=due_on)
        if row.owner_id != owner.pk:
            own_telling.note(owner, own_telling.Thing.ACTION, row.ref, by=actor)
        days = {"before": row.due_on.isoformat(), "due": due_on.isoformat()}
        told(row, actor, "moved", text=why, owner=str(owner), **days)


def finish(action: RiskAction, *, result: str, evidence: str, channel: str, actor: Actor) -> None:
    """What was done, by the owner or a keeper. Raises `SaysNothing`, `Settled`, `NotYours`."""
    require_words(result)
    with _locked(action, actor) as row:
        _authorise(row, SETTLE, "done", actor, channel=channel)
        _end(row, "finish", {"result": result, "evidence": evidence}, actor)
        told(row, actor, "done", text=result)


def drop(action: RiskAction, *, why: str, actor: Actor) -> None:
    """Its owner alone cannot. Raises `SaysNothing`, `Settled`, `NotYours`."""
    require_words(why)
    with _locked(action, actor, keeper_only=True) as row:
        _authorise(row, SETTLE, "dropped", actor)
        _end(row, "drop", {"result": why}, actor)
        told(row, actor, "dropped", text=why)


def verify(action: RiskAction, *, works: bool, note: str, actor: Actor) -> None:
    """Somebody else looked: it works, or is done again. Raises `NotTheSecond`, `SaysNothing`, `Settled`."""
    with _locked(action, actor, keeper_only=True) as row:
        if actor.id in {row.owner_id, row.ended_by_id}:
            raise NotTheSecond
        if not row.waits_for_second:
            raise Settled
        outcome = "verified" if works else "failed"
        if not works:
            require_words(note)
        _authorise(row, SETTLE, outcome, actor)
        if works:
            seen = {"verified_at": clock.now(), "verified_by_id": actors.person(actor)}
            RiskAction.objects.filter(pk=row.pk).update(**seen)
        else:
            anew = {"ended_at": None, "ended_by_id": None, "result": "", "evidence": ""}
            ACTION.move(row, "resume", anew)
        told(row, actor, outcome, text=note)


def owed_by(person: int) -> list[RiskAction]:
    """The open ones of one person, of whatever they are."""
    return list(RiskAction.objects.filter(owner=person, state=State.OPEN).order_by("due_on", "pk"))


def open_ones() -> QuerySet[RiskAction]:
    return RiskAction.objects.filter(state=State.OPEN)


def late() -> QuerySet[RiskAction]:
    return open_ones().filter(due_on__lt=clock.local().date())


@contextmanager
def _locked(action: RiskAction, actor: Actor, *, keeper_only: bool = False) -> Iterator[RiskAction]:
    with transaction.atomic():
        row = RiskAction.objects.select_for_update().filter(pk=action.pk).first()
        if row is None:
            raise NotVisible
        owns = actor.id is not None and row.owner_id == actor.id and not keeper_only
        if not owns and not gate.may(actor, Action.RISK_READ):
            raise NotYours
        yield row


def _end(row: RiskAction, name: str, said: Mapping[str, Any], actor: Actor) -> None:
    changes = {**said, "ended_at": clock.now(), "ended_by_id": actors.person(actor)}
    try:
        ACTION.move(row, name, changes)
    except IllegalMove:
        raise Settled from None


def _authorise(
    row: RiskAction,
    action: Action,
    outcome: str,
    actor: Actor,
    *,
    channel: str = Channel.ADMIN.value,
) -> None:
    facts = {"remedy": str(row.ref), "outcome": outcome}
    spoken = Channel.TASK.value if actor.id is None else channel
    gate.authorise(actor, action, channel=spoken, facts=facts)


def told(row: RiskAction, actor: Actor, outcome: str, *, text: str, **facts: str) -> None:
    """In the history of its risk; checks and audits show their actions themselves."""
    if row.risk is not None:
        said = {"title": row.title, "outcome": outcome, **facts}
        write(row.risk, What.ACTION, actor=actor, text=text, **said)
