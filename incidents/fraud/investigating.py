"""An investigation: who does it, what there is to do, what was found out, and what it is about."""

from __future__ import annotations

from datetime import date
from typing import Any, Final

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import actors
from access.action_roles import ROLES
from access.actions import Action
from access.actors import Actor
from access.models import User
from custodian import clock
from custodian.errors import CustodianError
from incidents.fraud.standing import (
    State,
    authorise,
    held,
    require_lead,
    require_member,
    require_words,
    write,
)
from incidents.models import FraudCase, FraudEntry, FraudLink, FraudMember, FraudTask
from records import references
from records.models import Claim, Customer, Policy

WORK: Final = Action.FRAUD_WORK
WORKED: Final = (State.OPEN.value, State.CONCLUDED.value)
THINGS: Final = {
    "claim": _("赔案"),
    "policy": _("保单"),
    "customer": _("客户"),
    "operator": _("操作人"),
}
What = FraudEntry.What


class CannotJoin(CustodianError):
    """His office does not investigate, he does so already, or it is about him."""

    code = "fraud-cannot-join"
    status = 409
    message = _("该人员已在调查人员中、岗位不能参与调查，或疑点涉及本人")


class LastLead(CustodianError):
    """An investigation has somebody who leads it."""

    code = "fraud-last-lead"
    status = 409
    message = _("调查负责人不能退出")


class NotFound(CustodianError):
    """Nothing in reach has this number."""

    code = "fraud-link-not-found"
    message = _("没有这个编号，请核对")


class Known(CustodianError):
    """It stands there already."""

    code = "fraud-link-known"
    status = 409
    message = _("已经关联过")


class Settled(CustodianError):
    """Somebody was faster."""

    code = "fraud-task-settled"
    status = 409
    message = _("这项任务已经办结")


def may_join(case: FraudCase) -> list[User]:
    inside = case.members.now().values("user")
    rows = User.objects.filter(is_active=True, role__in=sorted(ROLES[WORK]))
    rows = rows.exclude(pk__in=inside).exclude(pk__in=case.kept_from)
    return list(rows.select_related("unit").order_by("staff_no"))


def let_in(case: FraudCase, person: User, *, actor: Actor) -> None:
    """Raises `NotTheLead`, `CannotJoin`, `WrongStep`."""
    with held(case, *WORKED) as row:
        require_lead(row, actor)
        if person not in may_join(row):
            raise CannotJoin
        authorise(row, WORK, "joined", actor=actor, target=str(person.ref))
        by = actors.person(actor)
        FraudMember.objects.create(case=row, user=person, joined_by_id=by)
        write(row, What.JOINED, actor=actor, told={"person": str(person)})


def let_out(case: FraudCase, member: FraudMember, *, actor: Actor) -> None:
    """From the next request on he sees nothing of it. Raises `NotTheLead`, `LastLead`, `WrongStep`."""
    with held(case, *WORKED) as row:
        require_lead(row, actor)
        if member.leads:
            raise LastLead
        authorise(row, WORK, "left", actor=actor, target=str(member.user.ref))
        if row.members.now().filter(pk=member.pk).update(left_at=clock.now()) == 1:
            write(row, What.LEFT, actor=actor, told={"person": str(member.user)})


def note(case: FraudCase, *, text: str, actor: Actor) -> None:
    """What was found out, sealed. Raises `NotAnInvestigator`, `SaysNothing`, `WrongStep`."""
    with held(case, *WORKED) as row:
        require_member(row, actor)
        words = require_words(text)
        authorise(row, WORK, "note", actor=actor)
        write(row, What.NOTE, actor=actor, text=words)


def add_task(
    case: FraudCase, *, title: str, owner: User | None, due_on: date | None, actor: Actor
) -> FraudTask:
    """Raises `NotAnInvestigator`, `WrongStep`."""
    with held(case, *WORKED) as row:
        require_member(row, actor)
        authorise(row, WORK, "task", actor=actor)
        made = FraudTask.objects.create(
            case=row, title=require_words(title), owner=owner, due_on=due_on
        )
        write(row, What.TASK, actor=actor, told={"title": made.title, "did": "added"})
    return made


def settle_task(task: FraudTask, status: str, *, note: str, actor: Actor) -> None:
    """Raises `NotAnInvestigator`, `SaysNothing` where it was not needed, `Settled`, `WrongStep`."""
    with held(task.case, *WORKED) as row:
        require_member(row, actor)
        if FraudTask.Status(status) == FraudTask.Status.NOT_NEEDED:
            require_words(note)
        authorise(row, WORK, "task", actor=actor)
        open_ones = FraudTask.objects.filter(pk=task.pk, status=FraudTask.Status.OPEN)
        by = {"done_at": clock.now(), "done_by_id": actors.person(actor)}
        if open_ones.update(status=status, note=note, **by) != 1:
            raise Settled
        write(row, What.TASK, actor=actor, told={"title": task.title, "did": status})


def link(case: FraudCase, thing: str, number: str, *, actor: Actor) -> FraudLink:
    """Raises `NotFound`, `Known`, `CannotJoin` for an operator who investigates, `WrongStep`."""
    with held(case, *WORKED) as row:
        require_member(row, actor)
        found = _found(thing, number.strip(), actor)
        if found is None:
            raise NotFound
        if thing == "operator" and row.members.now().filter(user=found.pk).exists():
            raise CannotJoin
        authorise(row, WORK, "link", actor=actor)
        said: dict[str, Any] = {thing: found, "linked_by_id": actors.person(actor)}
        try:
            with transaction.atomic():
                made = FraudLink.objects.create(case=row, **said)
        except IntegrityError:
            raise Known from None
        if thing == "operator":
            kept_from = sorted({*row.kept_from, found.pk})
            FraudCase.objects.filter(pk=row.pk).update(kept_from=kept_from)
        write(row, What.LINK, actor=actor, told={"kind": thing, "name": name(made)})
    return made


def _found(thing: str, number: str, actor: Actor) -> Any:
    if thing == "operator":
        return User.objects.filter(staff_no=number.upper()).first()
    if thing == "customer":
        ref = references.read(number, kind="c")
        held_by = Customer.objects.visible_to(actor).filter(ref=ref).select_related("subject")
        row = held_by.first()
        return row.subject if row else None
    model, kind = (Claim, "k") if thing == "claim" else (Policy, "p")
    rows: Any = model.objects.visible_to(actor)
    return rows.filter(ref=references.read(number, kind=kind)).first()


def name(row: FraudLink) -> str:
    """How people call it; a customer by her number, never by her name."""
    if row.customer_id is not None:
        return str(
            Customer.objects.filter(subject=row.customer_id).values_list("ref", flat=True)[0]
        )
    return str(row.claim or row.policy or row.operator)


def thing_of(row: FraudLink) -> str:
    return next(each for each in THINGS if getattr(row, f"{each}_id") is not None)


def claims_of(case: FraudCase) -> list[Claim]:
    """Those of its signals, and those that were linked."""
    wanted = {*case.signals.values_list("claim_id", flat=True)}
    wanted |= {*case.links.exclude(claim=None).values_list("claim_id", flat=True)}
    rows = Claim.objects.filter(pk__in=wanted).select_related("policy__product", "handler")
    return list(rows.order_by("pk"))
