"""Notes a day from which the law counts, where the book does not say it, and reckons anew at once."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from records.models import Customer, Policy, PolicyRole, RetentionEvent
from records.retention import reckoning

Trigger = RetentionEvent.Trigger


class NotYet(CustodianError):
    """The day is in the future: nothing is counted from what has not happened."""

    code = "event-in-future"
    status = 422
    message = _("日期不能晚于今天，请核对")


class NotTerminated(CustodianError):
    """The end of a contract is noted of one of her own that has ended; no other event names a contract."""

    code = "contract-not-terminated"
    status = 422
    message = _("合同终止须指明该客户一张已终止的保单；有效的保单请先在核心系统办理终止")


def note(
    customer: Customer,
    *,
    trigger: str,
    on: date,
    reason: str,
    actor: Actor,
    policy: Policy | None = None,
) -> RetentionEvent:
    """Put the day on record. The newest day of an event counts; earlier ones stay as they were noted.

    Raises `NotYet`, `NotTerminated`.
    """
    event = Trigger(trigger)
    if on > clock.local().date():
        raise NotYet
    _require_fitting(customer, event, policy)
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.RETENTION_NOTE,
            channel=Channel.ADMIN,
            subjects=gate.tagged(scopes.find([customer.pk])),
            facts={"trigger": event.value},
            reason=reason,
        )
        noted = RetentionEvent.objects.create(
            subject_id=customer.pk,
            holding=policy.holding if policy else None,
            trigger=event,
            on=on,
            noted_by_id=actors.person(actor),
        )
        reckoning.refresh(_concerned(customer, policy))
    return noted


def _require_fitting(customer: Customer, event: Trigger, policy: Policy | None) -> None:
    ends = event is Trigger.CONTRACT_TERMINATED
    if ends != (policy is not None):
        raise NotTerminated
    if policy is not None and not (
        policy.subject_id == customer.pk and policy.status == Policy.Status.TERMINATED
    ):
        raise NotTerminated


def _concerned(customer: Customer, policy: Policy | None) -> list[int]:
    """She, and whoever has a role in the contract."""
    roles = PolicyRole.objects.filter(policy=policy) if policy else PolicyRole.objects.none()
    return sorted({customer.pk, *roles.values_list("subject_id", flat=True)})
