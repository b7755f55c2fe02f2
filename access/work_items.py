"""Work items: opened, taken and closed by people, or told by another system; each act is on record.

An item is a reason for looks and no reach: who may see the customer does not change by it. Who opened it
stays written, because one's own word explains less than another's.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Final, NoReturn
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F, Value
from django.db.models.functions import Greatest
from django.utils.translation import gettext_lazy as _

from access import actors, gate, grants, scopes
from access.actions import Action
from access.actors import Actor
from access.audits.explaining import SERVES
from access.models import Unit, User, WorkItem
from access.querylog.leaf import Tagged
from access.vocabulary import Channel, Purpose, Reach, Role
from custodian import clock
from custodian.errors import CustodianError

Kind = WorkItem.Kind
Source = WorkItem.Source
# What a customer is opened for first when work of this kind is taken up.
_FIRST: Final[Mapping[str, Purpose]] = {
    Kind.FOLLOW_UP: Purpose.FOLLOW_UP,
    Kind.POLICY_SERVICE: Purpose.POLICY_SERVICE,
    Kind.UNDERWRITING: Purpose.UNDERWRITING,
    Kind.CLAIM: Purpose.CLAIM,
    Kind.PAYMENT: Purpose.PAYMENT,
    Kind.COMPLAINT: Purpose.COMPLAINT,
    Kind.CORRECTION: Purpose.POLICY_SERVICE,
    Kind.REQUEST: Purpose.POLICY_SERVICE,
    Kind.CONTACT: Purpose.POLICY_SERVICE,
}


class TakenAlready(CustodianError):
    """Somebody else took it, or it was closed meanwhile."""

    code = "work-item-taken"
    status = 409
    message = _("这一项已有人接办，或已办结。请看最新的待办")


class ClosedAlready(CustodianError):
    """It was closed before, with another outcome."""

    code = "work-item-closed"
    status = 409
    message = _("这一项已经办结，不能再改。请看最新的待办")


class NumberUsed(CustodianError):
    """The number already stands for something else."""

    code = "idempotency-conflict"
    status = 409
    message = _("这个编号已用于内容不同的事项。请核对编号")


def open_item(
    subject: int,
    *,
    kind: str,
    user: User | None = None,
    unit: Unit | None = None,
    number: str = "",
    due_at: datetime | None = None,
    source: str = Source.DESK,
    channel: str,
    actor: Actor,
) -> WorkItem:
    """Open one for a customer within the actor's reach; raises `NotVisible` and `Refused`."""
    if actor.reach is Reach.OWN and (user is None or user.pk != actor.id):
        gate.refuse(actor, Action.WORK_ITEM_OPEN, because="own-work-only", channel=channel)
    found = scopes.find([subject])
    if not found:
        _absent(actor, Action.WORK_ITEM_OPEN, f"#{subject}", channel)
    item = WorkItem(
        subject_id=subject, kind=kind, user=user, unit=unit, number=number, due_at=due_at,
        source=source, opened_by_id=actor.id,
    )  # fmt: skip
    whose = {"account": user.staff_no if user else "", "tounit": unit.code if unit else ""}
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.WORK_ITEM_OPEN,
            channel=channel,
            subjects=gate.tagged(found),
            facts={"item": str(item.ref), "kind": kind, **whose},
        )
        item.save(force_insert=True)
    return item


def open_once(
    subject: int,
    *,
    kind: str,
    number: str,
    user: User | None = None,
    unit: Unit | None = None,
    due_at: datetime | None = None,
    channel: str,
    actor: Actor,
) -> WorkItem:
    """Open the item of this number, or give the one that the same words opened; else `NumberUsed`."""
    said = (kind, subject, user and user.pk, unit and unit.pk, due_at)
    held = _numbered(number, said, actor=actor)
    if held is None:
        try:
            held = open_item(
                subject, kind=kind, number=number, user=user, unit=unit, due_at=due_at,
                source=Source.API, channel=channel, actor=actor,
            )  # fmt: skip
        except IntegrityError:
            # The same request came twice at once, or the number is somebody else's.
            held = _numbered(number, said, actor=actor)
            if held is None:
                raise NumberUsed from None
    return held


def take(item: WorkItem, *, channel: str, actor: Actor) -> None:
    """What waits for a unit becomes the work of the person who takes it."""
    with transaction.atomic():
        _record(item, Action.WORK_ITEM_TAKE, {}, channel=channel, actor=actor)
        # What waits for a unit is nobody's row to change; whether it waits for this person was asked.
        with scopes.acting(actors.system("dispatcher")):
            waiting = WorkItem.objects.filter(pk=item.pk, user=None, closed_at=None)
            if not waiting.update(user_id=actors.person(actor)):
                raise TakenAlready


def close(item: WorkItem, *, outcome: str, channel: str, actor: Actor) -> None:
    """End it with its outcome; the same outcome again changes nothing."""
    with transaction.atomic():
        held = WorkItem.objects.select_for_update(no_key=True, of=("self",)).get(pk=item.pk)
        if held.outcome == outcome:
            return
        if held.closed_at is not None:
            raise ClosedAlready
        facts = {"outcome": outcome}
        _record(item, Action.WORK_ITEM_CLOSE, facts, channel=channel, actor=actor)
        end = Greatest(F("opened_at"), Value(clock.now()))
        WorkItem.objects.filter(pk=item.pk).update(closed_at=end, outcome=outcome)
        with scopes.acting(actors.system("dispatcher")):
            grants.end_with([item.pk])
    item.refresh_from_db(fields=["closed_at", "outcome"])


def waiting(ref: UUID, *, channel: str, actor: Actor) -> WorkItem:
    """The item that the actor may take; one that is another's is absent for him."""
    found = WorkItem.objects.waiting_for(actor).filter(ref=ref).first()
    return found or _absent(actor, Action.WORK_ITEM_TAKE, str(ref), channel)


def closable(ref: UUID, *, channel: str, actor: Actor) -> WorkItem:
    """The item that the actor may close: his own, what he opened, and for an officer any."""
    return _own(ref, Action.WORK_ITEM_CLOSE, channel, actor)


def readable(ref: UUID, *, channel: str, actor: Actor) -> WorkItem:
    return _own(ref, Action.WORK_ITEM_READ, channel, actor)


def own(ref: UUID, *, actor: Actor) -> WorkItem:
    """The actor's own open item; raises `NotVisible`."""
    held = WorkItem.objects.open().filter(ref=ref, user_id=actor.id or 0).first()
    return held or _absent(actor, Action.WORK_ITEM_READ, str(ref), Channel.DESK)


def purposes_of(item: WorkItem, offered: Sequence[Purpose]) -> list[Purpose]:
    """Those of a person's purposes for which such work is done."""
    return [each for each in offered if each in SERVES[item.kind]]


def open_of(subject: int, *, actor: Actor) -> list[WorkItem]:
    """What the actor himself has to do for this customer."""
    items = WorkItem.objects.open().filter(user_id=actor.id or 0, subject_id=subject)
    return list(items.order_by(F("due_at").asc(nulls_last=True), "opened_at"))


def purpose_for(kind: str, offered: Sequence[Purpose]) -> str:
    """The purpose under which a person takes up work of this kind; empty if none of hers serves it."""
    wanted = [_FIRST[Kind(kind)], *offered]
    serving = (each.value for each in wanted if each in offered and each in SERVES[kind])
    return next(serving, "")


def purpose_of_all(kinds: Collection[str], offered: Sequence[Purpose]) -> str:
    """The purpose that serves most of these kinds of work: for the list that shows them together."""
    if not offered:
        return ""

    def fitness(purpose: Purpose) -> tuple[int, int]:
        served = sum(purpose in SERVES[kind] for kind in kinds)
        return served, sum(purpose == _FIRST[Kind(kind)] for kind in kinds)

    return max(offered, key=fitness).value


def register(
    items: Sequence[WorkItem], closing: Sequence[WorkItem], *, channel: str, actor: Actor,
    action: Action, book: str, operation: UUID,
) -> None:  # fmt: skip
    """Write what another system told: items that are new, and ends of items that were open here."""
    everybody = sorted({each.subject_id for each in (*items, *closing)})
    with transaction.atomic(), scopes.acting(actors.system("importer")):
        WorkItem.objects.bulk_create(items)
        WorkItem.objects.bulk_update(closing, ["closed_at", "outcome"])
        grants.end_with([each.pk for each in closing if each.closed_at is not None])
        gate.authorise(
            actor,
            action,
            channel=channel,
            purpose="import",
            subjects=gate.tagged(scopes.find(everybody)),
            facts={"book": book, "items": len(items), "closed": len(closing)},
            operation=operation,
        )


def imported(numbers: Iterable[str]) -> Mapping[str, WorkItem]:
    """What other systems told of these numbers before."""
    found = WorkItem.objects.filter(source=Source.IMPORT, number__in=set(numbers))
    return {each.number: each for each in found}


def _own(ref: UUID, action: Action, channel: str, actor: Actor) -> WorkItem:
    items = WorkItem.objects.all()
    if actor.role is not Role.COMPLIANCE_OFFICER:
        items = items.of(actor)
    return items.filter(ref=ref).first() or _absent(actor, action, str(ref), channel)


def _numbered(number: str, said: tuple[object, ...], *, actor: Actor) -> WorkItem | None:
    if not gate.may(actor, Action.WORK_ITEM_OPEN):
        return None
    mine = WorkItem.objects.filter(source=Source.API, number=number, opened_by_id=actor.id)
    held = mine.first()
    if held is None:
        return None
    if (held.kind, held.subject_id, held.user_id, held.unit_id, held.due_at) != said:
        raise NumberUsed
    return held


def _record(
    item: WorkItem, action: Action, facts: Mapping[str, str], *, channel: str, actor: Actor
) -> None:
    told = {"item": str(item.ref), "kind": item.kind, **facts}
    gate.authorise(actor, action, channel=channel, subjects=_whom(item), facts=told)


def _whom(item: WorkItem) -> list[Tagged]:
    """The customer, also where she is out of the person's reach by now: she sees it in her list."""
    with scopes.acting(actors.system("dispatcher")):
        return gate.tagged(scopes.find([item.subject_id]))


def _absent(actor: Actor, action: Action, asked: str, channel: str) -> NoReturn:
    gate.refuse_unknown(actor, action, asked=asked, purpose="", channel=channel)
