"""Withdrawn consent: what rested on it alone has lost its basis, and its time is counted from today.

Only somebody without a contract is kept by consent alone; whoever keeps consents one by one registers an
effect of his own in the place of this one.
"""

from __future__ import annotations

from access import gate
from access.actions import Action
from access.actors import system
from access.vocabulary import Channel
from custodian import clock
from records.models import CustomerRequest, RetentionEvent
from records.requests import stepping
from records.requests.effects import Outcome, register_effect
from records.requests.stepping import ACTOR
from records.retention import reckoning


def carry_out(request: CustomerRequest) -> Outcome:
    trigger = RetentionEvent.Trigger.CONSENT_WITHDRAWN
    RetentionEvent.objects.create(
        subject_id=request.subject_id, trigger=trigger, on=clock.local().date()
    )
    gate.authorise(
        system(ACTOR),
        Action.RETENTION_NOTE,
        channel=Channel.TASK,
        subjects=stepping.tag(request.subject_id),
        facts={"trigger": trigger.value},
    )
    reckoning.refresh([request.subject_id])
    return Outcome(told={"withdrawn": True})


register_effect(CustomerRequest.Kind.WITHDRAW_CONSENT, carry_out)
