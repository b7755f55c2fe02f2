"""The end of shared fraud data: on the day after its last one rows, fingerprints and key go, with proof."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, keystore, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.workflow import IllegalMove, Workflow
from incidents.fraud import register, sealing
from incidents.fraud.standing import ACTOR
from incidents.models import FraudShared
from transfers.shares.proposing import is_as_approved

END: Final = Action.FRAUD_SHARED_END
Way, State = FraudShared.Way, FraudShared.State
SHARED: Final = Workflow(
    {
        "end": (frozenset({State.HELD.value}), State.ENDED.value),
        "drop": (frozenset({State.HELD.value}), State.DROPPED.value),
    },
    field="state",
)


class NotNow(CustodianError):
    """It has ended already, or it is not ours to end in this way."""

    code = "fraud-shared-not-now"
    status = 409
    message = _("这份资料已经删除，或不能这样办理")


def carry_out() -> int:
    """What is over goes; fingerprints follow the root of the indexes. How many lists ended."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        over = list(FraudShared.objects.over().filter(way=Way.RECEIVED))
        for row in over:
            _destroy(row, Channel.TASK.value, actor)
        for row in FraudShared.objects.held().filter(way=Way.RECEIVED):
            register.index_anew(row)
        return len(over)


def end(row: FraudShared, *, actor: Actor) -> None:
    """Before its day, by an officer: what is not needed any more. Raises `NotNow`."""
    if row.way != Way.RECEIVED:
        raise NotNow
    gate.authorise(
        actor, Action.FRAUD_SHARED_NOTE, channel=Channel.ADMIN,
        facts={"fraud-shared": row.code, "outcome": "ended"},
    )  # fmt: skip
    house = actors.system(ACTOR)
    with scopes.acting(house):
        _destroy(row, Channel.ADMIN.value, house)


def note_deleted(row: FraudShared, *, reference: str, actor: Actor) -> None:
    """The partner says that it has deleted what it was given. Raises `NotNow`."""
    if row.way != Way.GIVEN or row.share is None or not is_as_approved(row.share):
        raise NotNow
    facts = {"fraud-shared": row.code, "outcome": "deleted"}
    with transaction.atomic():
        gate.authorise(
            actor, Action.FRAUD_SHARED_NOTE, channel=Channel.ADMIN, facts=facts, reason=reference
        )
        with scopes.acting(actors.system(ACTOR)):
            proof = {"reference": reference, "noted": clock.local().date().isoformat()}
            _move(row, "end", {"ended_at": clock.now(), "proof": proof})


def _destroy(row: FraudShared, channel: str, house: Actor) -> None:
    """The key first and last: what is left of a row in some backup opens nothing."""
    with transaction.atomic():
        gone = {"rows": row.rows.count(), "indexes": row.indexes.count(), "bad": row.bad.count()}
        for rows in (row.rows, row.indexes, row.bad):
            rows.all().delete()
        sealing.forget(row.ref)
        proof = {"destroyed": gone, "left": left(row), "at": clock.now().isoformat()}
        facts = {"fraud-shared": row.code, "outcome": "destroyed", "fraud-rows": gone["rows"]}
        gate.authorise(house, END, channel=channel, facts=facts)
        _move(row, "end", {"ended_at": clock.now(), "proof": proof})


def left(row: FraudShared) -> dict[str, Any]:
    """What is still there: looked for anew, not taken from what was deleted."""
    return {
        "rows": row.rows.count(),
        "indexes": row.indexes.count(),
        "key": row.holding in keystore.held([row.holding]),
    }


def _move(row: FraudShared, name: str, changes: dict[str, Any]) -> None:
    try:
        SHARED.move(row, name, changes)
    except IllegalMove:
        raise NotNow from None
