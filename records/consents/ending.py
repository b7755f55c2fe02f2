"""The last consent of somebody whom nothing else keeps: from that day her time is counted (PIPL art. 47)."""

from __future__ import annotations

from access import actors, gate, scopes
from access.actions import Action
from access.vocabulary import Channel
from custodian import clock
from records.consents.opening import WRITER
from records.consents.standing import GIVEN
from records.models import Consent, Customer, PolicyRole, RetentionEvent
from records.retention import reckoning

TRIGGER = RetentionEvent.Trigger.CONSENT_WITHDRAWN


def follow(customer: Customer, before: Consent | None, row: Consent, *, channel: str) -> None:
    """After one word: whether the last basis went with it, or came back.

    A contract is a basis of its own, so this is only about somebody without one. In the writer's reach.
    """
    if PolicyRole.objects.filter(subject=customer.pk).exists():
        return
    if row.said == GIVEN:
        _revive(customer.pk)
    elif before is not None and before.said == GIVEN and not _stands(customer.pk):
        begin(customer.pk, channel=channel)


def _stands(subject: int) -> bool:
    """Whether a yes of hers is left."""
    rows = Consent.objects.filter(subject=subject)
    last = rows.order_by("purpose", "-pk").distinct("purpose")
    return any(each.said == GIVEN for each in last)


def _revive(subject: int) -> None:
    """Whoever agrees again was in touch today; what was noted of the end stays, and counts no longer."""
    ended = RetentionEvent.objects.filter(subject=subject, trigger=TRIGGER).counting()
    for event in ended:
        RetentionEvent.objects.create(
            subject_id=subject,
            trigger=RetentionEvent.Trigger.LAST_CONTACT,
            on=clock.local().date(),
            corrects=event,
        )
        reckoning.refresh([subject])


def begin(subject: int, *, channel: str = Channel.TASK) -> None:
    """Note the day, once, in the caller's transaction and the writer's reach."""
    today = clock.local().date()
    events = RetentionEvent.objects.filter(subject=subject, trigger=TRIGGER, on=today)
    if not events.exists():
        RetentionEvent.objects.create(subject_id=subject, trigger=TRIGGER, on=today)
        gate.authorise(
            actors.system(WRITER),
            Action.RETENTION_NOTE,
            channel=channel,
            subjects=gate.tagged(scopes.find([subject])),
            facts={"trigger": TRIGGER.value},
        )
    reckoning.refresh([subject])
