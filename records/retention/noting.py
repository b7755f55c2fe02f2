"""Notes a day from which the law counts, where the book does not say it, and reckons anew at once.

What was noted is never changed; a wrong day is corrected by another note. A day by which something would
go earlier than before counts only when a second person has agreed to it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from records.models import Customer, Policy, PolicyRole, RetentionEvent
from records.retention import reckoning, rules
from records.retention.reckoning import Kept

KIND: Final = "retention-event"
MOST: Final = 20  # things whose new day is spelt out for the second person
Trigger, State = RetentionEvent.Trigger, RetentionEvent.State
OLDEST: Final = date(1900, 1, 1)
IN_THE_BOOK: Final = frozenset({Trigger.CONTRACT_TERMINATED, Trigger.TRANSACTION})


class NotYet(CustodianError):
    """The day is in the future: nothing is counted from what has not happened."""

    code = "event-in-future"
    status = 422
    message = _("日期不能晚于今天，请核对")


class TooEarly(CustodianError):
    """The day lies before the contract began, or before anybody whose data could be here: a slip."""

    code = "event-too-early"
    status = 422
    message = _("日期早于保单生效日，或早于 1900 年，请核对")


class NotTerminated(CustodianError):
    """The end of a contract is noted of one of her own that has ended; no other event names a contract."""

    code = "contract-not-terminated"
    status = 422
    message = _("合同终止须指明该客户一张已终止的保单；有效的保单请先在核心系统办理终止")


class Outweighed(CustodianError):
    """A later day of the same event is noted, and the later one counts."""

    code = "event-outweighed"
    status = 422
    message = _("同一事件已登记更晚或相同的日期；若那次登记有误，请更正那次登记")


class SameDay(CustodianError):
    """The correction says what was noted."""

    code = "event-same-day"
    status = 422
    message = _("与原登记的日期相同，请核对")


class NotCounting(CustodianError):
    """What is to be corrected was corrected already, was returned, or waits."""

    code = "event-not-counting"
    status = 409
    message = _("这次登记已经更正过，或有更正待复核。请看最新的登记")


def note(
    customer: Customer,
    *,
    trigger: str,
    on: date,
    reason: str,
    actor: Actor,
    policy: Policy | None = None,
) -> RetentionEvent:
    """Put the day on record. Of several notes of an event the latest day counts.

    Raises `NotYet`, `TooEarly`, `NotTerminated`, `Outweighed`.
    """
    event = Trigger(trigger)
    _require_fitting(customer, event, policy)
    noted = RetentionEvent(
        subject_id=customer.pk, holding=policy.holding if policy else None, trigger=event, on=on
    )
    _require_possible(noted)
    same = RetentionEvent.objects.counting().filter(
        subject=customer.pk, trigger=event, holding=noted.holding
    )
    if same.filter(on__gte=on).exists():
        raise Outweighed
    return _put(noted, customer, reason=reason, actor=actor)


def correct(event: RetentionEvent, *, on: date, reason: str, actor: Actor) -> RetentionEvent:
    """Note that an earlier note had the wrong day. Raises `NotYet`, `TooEarly`, `SameDay`, `NotCounting`."""
    if on == event.on:
        raise SameDay
    if not RetentionEvent.objects.counting().filter(pk=event.pk).exists():
        raise NotCounting
    correction = RetentionEvent(
        subject_id=event.subject_id,
        holding=event.holding,
        trigger=event.trigger,
        on=on,
        corrects=event,
    )
    _require_possible(correction)
    customer = Customer.objects.get(pk=event.subject_id)
    try:
        return _put(correction, customer, reason=reason, actor=actor)
    except IntegrityError:
        raise NotCounting from None


def _put(event: RetentionEvent, customer: Customer, *, reason: str, actor: Actor) -> RetentionEvent:
    subjects = concerned(event)
    with transaction.atomic():
        earlier = _earlier(_until(subjects), _tried(event, subjects))
        waits = _shortens(event, earlier)
        payload = content(event, customer, reason, earlier) if waits else {}
        gate.authorise(
            actor,
            Action.RETENTION_NOTE,
            channel=Channel.ADMIN,
            subjects=gate.tagged(scopes.find([customer.pk])),
            facts={
                "trigger": str(event.trigger),
                **({"corrected": 1} if event.corrects_id else {}),
                **({"digest": approvals.digest_of(KIND, payload)} if waits else {}),
            },
            reason=reason,
        )
        event.noted_by_id = actors.person(actor)
        if waits:
            event.approval = approvals.request(KIND, payload, actor=actor)
            event.state = State.WAITING
        event.save(force_insert=True)
        if not waits:
            reckoning.refresh(subjects)
    return event


def _tried(event: RetentionEvent, subjects: Sequence[int]) -> Mapping[UUID, Kept]:
    """What would hold if it counted; nothing of it stays."""
    with scopes.acting(actors.system("keeper")), transaction.atomic():
        event.save(force_insert=True)
        found = _until(subjects)
        transaction.set_rollback(True)
    event.pk = None
    return found


def _shortens(event: RetentionEvent, earlier: Sequence[tuple[Kept, Kept]]) -> bool:
    """A correction to an earlier day always does, whatever rule decides today; else one against the book.

    When somebody was last in touch, or withdrew consent, no book says.
    """
    if event.corrects is not None:
        return bool(event.on < event.corrects.on)
    return bool(earlier) and event.trigger in IN_THE_BOOK


def _until(subjects: Sequence[int]) -> Mapping[UUID, Kept]:
    """What holds for each holding of these customers now."""
    with scopes.acting(actors.system("keeper")):
        today = clock.local().date()
        kept = reckoning.answers(subjects, on=today, by=rules.on(today))
        return {each.holding: each for each in kept}


def _earlier(before: Mapping[UUID, Kept], after: Mapping[UUID, Kept]) -> list[tuple[Kept, Kept]]:
    """Holdings whose last day has come nearer; one that had none is not among them."""
    pairs = [(each, after[holding]) for holding, each in before.items() if holding in after]
    return [
        (was, now)
        for was, now in pairs
        if was.answer.until and now.answer.until and now.answer.until < was.answer.until
    ]


def content(
    event: RetentionEvent,
    customer: Customer,
    reason: str,
    earlier: Sequence[tuple[Kept, Kept]],
) -> dict[str, object]:
    """All that is agreed to."""
    spelt = [(was.kind, str(was.answer.until), str(now.answer.until)) for was, now in earlier]
    return {
        **said(event),
        "customer": customer.ref,
        "policy": _ref_of(event.holding),
        "reason": reason,
        "earlier": [list(each) for each in sorted(set(spelt))[:MOST]],
    }


def said(event: RetentionEvent) -> dict[str, str]:
    """What the row itself says of it."""
    return {
        "note": str(event.ref),
        "trigger": str(event.trigger),
        "from": event.corrects.on.isoformat() if event.corrects else "",
        "on": event.on.isoformat(),
    }


def _ref_of(holding: UUID | None) -> str:
    if holding is None:
        return ""
    return str(Policy.objects.values_list("ref", flat=True).get(holding=holding))


def concerned(event: RetentionEvent) -> list[int]:
    """She, and whoever has a role in the contract."""
    if event.holding is None:
        return [event.subject_id]
    roles = PolicyRole.objects.filter(policy__holding=event.holding)
    return sorted({event.subject_id, *roles.values_list("subject_id", flat=True)})


def _require_possible(event: RetentionEvent) -> None:
    if event.on > clock.local().date():
        raise NotYet
    if event.on < max(OLDEST, _begun(event)):
        raise TooEarly


def _begun(event: RetentionEvent) -> date:
    """When the contract that ended began, or the first in which money could have moved, if all say so."""
    contracts = Policy.objects.filter(roles__subject=event.subject_id)
    if event.holding is not None:
        contracts = Policy.objects.filter(holding=event.holding)
    elif event.trigger != Trigger.TRANSACTION:
        return OLDEST
    days = list(contracts.values_list("starts_on", flat=True))
    return min(days) if days and None not in days else OLDEST


def _require_fitting(
    customer: Customer, event: RetentionEvent.Trigger, policy: Policy | None
) -> None:
    ends = event is Trigger.CONTRACT_TERMINATED
    if ends != (policy is not None):
        raise NotTerminated
    if policy is not None and not (
        policy.subject_id == customer.pk and policy.status == Policy.Status.TERMINATED
    ):
        raise NotTerminated
