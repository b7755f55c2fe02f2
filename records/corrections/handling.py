"""The insurer's side: somebody takes a correction, checks it by its evidence, and passes it on or refuses."""

from __future__ import annotations

from typing import Final

from access import actors, approvals, gate
from access.actions import Action
from access.actors import Actor
from access.models import User, WorkItem
from custodian import clock
from custodian.jobs import wake
from records import states
from records.corrections import confirming, drafting, people, recording, sealing
from records.corrections.errors import NotNow
from records.corrections.groups import GROUPS
from records.models import Correction, CorrectionConfirmation

KIND: Final = "correction"
Status = Correction.Status
MOVABLE: Final = frozenset({Status.CHECKING, Status.CONFIRMING})


def take(correction: Correction, *, channel: str, actor: Actor) -> None:
    """One's own from here on. Whoever raised it, serves the customer or vouched for her may not."""
    tagged = recording.tags(correction.subject_id)
    _require_may_check(correction, channel=channel, actor=actor)
    with recording.writing(correction) as row:
        recording.record(
            row, Action.CORRECTION_CHECK, tagged=tagged, channel=channel,
            facts={"outcome": "take"}, actor=actor,
        )  # fmt: skip
        recording.move(row, "take", {"handler_id": actors.person(actor)})
        recording.step(row, "checking", unit=_unit(actor))
        if row.item is not None:
            # The work is the person's now: it explains his looks at the customer.
            WorkItem.objects.filter(pk=row.item.pk, closed_at=None).update(
                user_id=actors.person(actor)
            )
    correction.refresh_from_db()


def hand_back(correction: Correction, *, channel: str, actor: Actor) -> None:
    """Somebody else is to take it."""
    tagged = recording.tags(correction.subject_id)
    _require_own(correction, channel=channel, actor=actor)
    with recording.writing(correction) as row:
        recording.record(
            row, Action.CORRECTION_CHECK, tagged=tagged, channel=channel,
            facts={"outcome": "hand-back"}, actor=actor,
        )  # fmt: skip
        recording.move(row, "hand-back", {"handler_id": None})
        if row.item is not None:
            WorkItem.objects.filter(pk=row.item.pk, closed_at=None).update(user_id=None)
    correction.refresh_from_db()


def pass_on(correction: Correction, *, channel: str, actor: Actor) -> None:
    """Evidence and proposal agree: on to the customer's word if it is lacking, else to the second person."""
    tagged = recording.tags(correction.subject_id)
    _require_own(correction, channel=channel, actor=actor)
    with recording.writing(correction) as row:
        if row.status != Status.CHECKING:
            raise NotNow
        recording.record(
            row, Action.CORRECTION_CHECK, tagged=tagged, channel=channel,
            facts={"outcome": "checked", "digest": sealing.digest(row)}, actor=actor,
        )  # fmt: skip
        recording.step(row, "checked", unit=_unit(actor))
        if confirming.enough(row):
            put_up(row)
        else:
            recording.move(row, "wait")
            recording.step(row, "waiting")
    correction.refresh_from_db()


def refuse(correction: Correction, *, because: str, words: str, channel: str, actor: Actor) -> None:
    """With a reason that the customer is told, and with what she can do; the words are sealed."""
    tagged = recording.tags(correction.subject_id)
    _require_own(correction, channel=channel, actor=actor)
    refusal = Correction.Refusal(because)
    with recording.writing(correction) as row:
        if row.status == Status.APPROVING and row.approval is not None:
            approvals.void(row.approval)
        sealed = sealing.add(row, sealing.REFUSAL, words)
        recording.record(
            row, Action.CORRECTION_CHECK, tagged=tagged, channel=channel,
            facts={
                "outcome": f"refused-{refusal.value}", "state": states.keep([sealed]), "held": 1,
            },
            actor=actor,
        )  # fmt: skip
        recording.move(row, "refuse", {"refusal": refusal.value, "decided_at": clock.now()})
        recording.step(row, "refused", unit=_unit(actor))
        drafting.close(row, outcome=WorkItem.Outcome.DONE)
    correction.refresh_from_db()


def put_up(correction: Correction) -> None:
    """Whoever checked it asks for the second person's yes; in the product's scope and a transaction."""
    if not GROUPS[correction.group].four_eyes:
        recording.move(correction, "release")
        _wake(correction)
        return
    handler = User.objects.select_related("unit").filter(pk=correction.handler_id or 0).first()
    if handler is None or not handler.is_active:
        # Nobody answers for it any more: it is to be taken anew.
        recording.move(correction, "hand-back", {"handler_id": None})
        return
    approval = approvals.request(KIND, content(correction), actor=actors.staff(handler))
    recording.move(correction, "put-up", {"approval": approval})
    recording.step(correction, "approving")


def content(correction: Correction) -> dict[str, object]:
    """All that is approved: what is proposed, by the hash of each sealed value, and what speaks for it."""
    rows = correction.evidence.select_related("document").order_by("number")
    confirmations = CorrectionConfirmation.objects.filter(correction=correction).order_by("pk")
    return {
        **sealing.content(correction),
        "kind": correction.kind,
        "channel": correction.channel,
        "raised": _ref(correction.raised_by_id),
        "checked": _ref(correction.handler_id),
        "evidence": [bytes(each.document.digest).hex() for each in rows],
        "confirmed": [[each.way, each.contact, each.digest] for each in confirmations],
    }


def approved(correction: Correction) -> None:
    """The second person said yes, in the transaction of the decision."""
    recording.move(correction, "approve")
    recording.step(correction, "approved")
    _wake(correction)


def returned(correction: Correction) -> None:
    recording.move(correction, "return", {"approval": None})


def _wake(correction: Correction) -> None:
    from records.tasks import apply_correction  # the task leads back here

    wake(apply_correction, correction.pk)


def _require_may_check(correction: Correction, *, channel: str, actor: Actor) -> None:
    if not gate.may(actor, Action.CORRECTION_CHECK):
        gate.refuse(actor, Action.CORRECTION_CHECK, because="role-not-covered", channel=channel)
    people.require_apart(correction, Action.CORRECTION_CHECK, channel=channel, actor=actor)
    if actors.person(actor) in people.vouched(correction):
        gate.refuse(actor, Action.CORRECTION_CHECK, because=people.VOUCHED, channel=channel)


def _require_own(correction: Correction, *, channel: str, actor: Actor) -> None:
    _require_may_check(correction, channel=channel, actor=actor)
    if correction.handler_id != actors.person(actor):
        gate.refuse(actor, Action.CORRECTION_CHECK, because="correction-not-yours", channel=channel)


def _unit(actor: Actor) -> str:
    return actor.unit


def _ref(key: int | None) -> str:
    return str(User.objects.values_list("ref", flat=True).get(pk=key)) if key is not None else ""
