"""Remedies: measures with an owner and a day that outlive the handling of a case, and its closing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.action_roles import ROLES
from access.actions import Action
from access.actors import Actor
from access.models import User
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from custodian.workflow import IllegalMove, Workflow
from incidents import own_telling
from incidents.cases import timeline
from incidents.cases.standing import ACTOR, Observes, held, require_work
from incidents.models import Incident, IncidentRemedy, Member, TimelineEntry

State = IncidentRemedy.State
SETTLE: Final = Action.INCIDENT_REMEDY_SETTLE
WORKS: Final = frozenset({Member.Part.LEAD.value, Member.Part.MEMBER.value})
REMEDY: Final = Workflow(
    {
        "finish": (frozenset({State.OPEN.value}), State.DONE.value),
        "drop": (frozenset({State.OPEN.value}), State.DROPPED.value),
        "resume": (frozenset({State.DONE.value}), State.OPEN.value),
    },
    field="state",
)


class CannotOwn(CustodianError):
    """He has left, does not work for the insurer, or the incident is about him."""

    code = "incident-remedy-cannot-own"
    message = _("该人员已停用、不是本公司人员，或事件涉及本人，请另选负责人")


class NotInTime(CustodianError):
    """The day lies behind."""

    code = "incident-remedy-day"
    message = _("期限不能早于今天")


class SaysNothing(CustodianError):
    """Another day, another end: somebody will ask why."""

    code = "incident-remedy-says-nothing"
    message = _("请写明理由或办理结果")


class Settled(CustodianError):
    """It is no longer in the state from which this begins."""

    code = "incident-remedy-settled"
    status = 409
    message = _("这项措施的状态已变，请刷新后再看")


class NotTheSecond(CustodianError):
    """Whether it works is for somebody else to say than its owner and whoever called it done."""

    code = "incident-remedy-not-the-second"
    status = 409
    message = _("是否有效须由另一名成员确认：不能是负责人，也不能是登记办结的人")


def propose(
    incident: Incident,
    *,
    title: str,
    kind: str,
    note: str,
    owner: User | None,
    due_on: date | None,
    actor: Actor,
) -> IncidentRemedy:
    """Owner and day may follow. Raises `CannotOwn`, `NotInTime`, `Observes`, `Over`."""
    with held(incident) as case:
        require_work(case, actor)
        _require_owner(case.pk, owner)
        _require_day(due_on)
        row = IncidentRemedy(
            incident=case, title=title, kind=IncidentRemedy.Kind(kind), note=note, owner=owner,
            due_on=due_on, proposed_by_id=actors.person(actor),
        )  # fmt: skip
        _authorise(row, Action.INCIDENT_WORK, "opened", actor)
        row.save()
        _tell_owner(case, row, owner, actor)
        _told(row, actor, "opened", text=note, owner=str(owner or ""), due=_said(due_on))
    return row


def settle_owner(
    remedy: IncidentRemedy, owner: User, due_on: date, *, why: str, actor: Actor
) -> None:
    """By a member, also after closing. Raises `SaysNothing`, `CannotOwn`, `NotInTime`, `Settled`."""
    with _locked(remedy, actor, members_only=True) as row:
        _require_owner(row.incident_id, owner)
        _move(row, due_on, why)
        _authorise(row, Action.INCIDENT_WORK, "given", actor)
        changes = {"owner": owner, "due_on": due_on}
        IncidentRemedy.objects.filter(pk=row.pk).update(**changes)
        if row.owner_id != owner.pk:
            _tell_owner(row.incident, row, owner, actor)
        _told(row, actor, "given", text=why, owner=str(owner), due=_said(due_on))


def _tell_owner(case: Incident, row: IncidentRemedy, owner: User | None, actor: Actor) -> None:
    """Of an exercise nobody is told."""
    if not case.exercise:
        own_telling.note(owner, own_telling.Thing.REMEDY, row.ref, by=actor)


def move_day(remedy: IncidentRemedy, due_on: date, *, why: str, channel: str, actor: Actor) -> None:
    """By the owner or a member. Raises `SaysNothing`, `NotInTime`, `Settled`, `Observes`."""
    with _locked(remedy, actor) as row:
        before = row.due_on
        _move(row, due_on, why)
        _authorise(row, SETTLE, "moved", actor, channel=channel)
        IncidentRemedy.objects.filter(pk=row.pk).update(due_on=due_on)
        _told(row, actor, "moved", text=why, before=_said(before), due=_said(due_on))


def finish(
    remedy: IncidentRemedy, *, result: str, evidence: str, channel: str, actor: Actor
) -> None:
    """What was done, by the owner or a member. Raises `SaysNothing`, `Settled`, `Observes`."""
    with _locked(remedy, actor) as row:
        _require_words(result)
        _authorise(row, SETTLE, "done", actor, channel=channel)
        _end(row, "finish", {"result": result, "evidence": evidence}, actor)
        _told(row, actor, "done", text=" · ".join(filter(None, (result, evidence))))


def drop(remedy: IncidentRemedy, *, why: str, actor: Actor) -> None:
    """The group does without it; its owner alone cannot. Raises `SaysNothing`, `Settled`, `Observes`."""
    with _locked(remedy, actor, members_only=True) as row:
        _require_words(why)
        _authorise(row, Action.INCIDENT_WORK, "dropped", actor)
        _end(row, "drop", {"result": why}, actor)
        _told(row, actor, "dropped", text=why)


def verify(remedy: IncidentRemedy, *, works: bool, note: str, actor: Actor) -> None:
    """A second member looked: it works, or it is to be done again. Raises `NotTheSecond`, `SaysNothing`, …"""
    with _locked(remedy, actor, members_only=True) as row:
        if actor.id in {row.owner_id, row.ended_by_id}:
            raise NotTheSecond
        if not row.waits_for_second:
            raise Settled
        outcome = "verified" if works else "failed"
        _authorise(row, Action.INCIDENT_WORK, outcome, actor)
        if works:
            changes = {"verified_at": clock.now(), "verified_by_id": actors.person(actor)}
            IncidentRemedy.objects.filter(pk=row.pk).update(**changes)
        else:
            _require_words(note)
            anew = {"ended_at": None, "ended_by_id": None, "result": "", "evidence": ""}
            REMEDY.move(row, "resume", anew)
        _told(row, actor, outcome, text=note)


def owed_by(person: int) -> list[IncidentRemedy]:
    """The open ones of one person, of whichever case; never joined with the case, which he may not see."""
    rows = IncidentRemedy.objects.filter(owner=person, state=State.OPEN)
    return list(rows.order_by("due_on", "pk"))


def _is_member(row: IncidentRemedy, actor: Actor) -> bool:
    """Also of a case that is closed: its group goes on."""
    members = Member.objects.now().filter(incident=row.incident_id, user=actor.id or 0)
    return members.filter(part__in=WORKS).exists()


@contextmanager
def _locked(
    remedy: IncidentRemedy, actor: Actor, *, members_only: bool = False
) -> Iterator[IncidentRemedy]:
    """Its row until the transaction ends; the case may be closed by then. Raises `NotVisible`, `Observes`."""
    with transaction.atomic():
        row = IncidentRemedy.objects.select_for_update().filter(pk=remedy.pk).first()
        if row is None:
            raise NotVisible
        owns = actor.id is not None and row.owner_id == actor.id and not members_only
        if not owns and not _is_member(row, actor):
            raise Observes
        yield row


def _move(row: IncidentRemedy, due_on: date, why: str) -> None:
    if row.state != State.OPEN:
        raise Settled
    if row.due_on == due_on:
        return
    _require_day(due_on)
    if row.due_on is not None:
        _require_words(why)


def _end(row: IncidentRemedy, move: str, said: Mapping[str, Any], actor: Actor) -> None:
    changes = {**said, "ended_at": clock.now(), "ended_by_id": actors.person(actor)}
    try:
        REMEDY.move(row, move, changes)
    except IllegalMove:
        raise Settled from None


def _require_owner(incident: int, owner: User | None) -> None:
    if owner is None:
        return
    about = Incident.objects.filter(pk=incident, links__operator=owner)
    if not owner.is_active or owner.role not in ROLES[SETTLE] or about.exists():
        raise CannotOwn


def _require_day(due_on: date | None) -> None:
    if due_on is not None and due_on < clock.local().date():
        raise NotInTime


def _require_words(said: str) -> None:
    if not said.strip():
        raise SaysNothing


def _authorise(
    row: IncidentRemedy,
    action: Action,
    outcome: str,
    actor: Actor,
    *,
    channel: str = Channel.ADMIN.value,
) -> None:
    facts = {"remedy": str(row.ref), "outcome": outcome}
    gate.authorise(actor, action, channel=channel, facts=facts)


def _told(row: IncidentRemedy, actor: Actor, outcome: str, *, text: str = "", **facts: str) -> None:
    """On the timeline of the case, which the owner of a remedy need not be able to see."""
    said = {"title": row.title, "outcome": outcome, **facts}
    with scopes.acting(actors.system(ACTOR)):
        case = Incident.objects.get(pk=row.incident_id)
        timeline.write(case, TimelineEntry.What.REMEDY, actor=actor, text=text, facts=said)


def _said(day: date | None) -> str:
    return day.isoformat() if day else ""
