"""Asking whoever handles a claim: to check something, or to refuse it. He decides, by the claim's own way.

He reads the question and nothing else of the case. Nothing here holds a claim up: he may decide and pay while
a question is open, and a refusal is his proposal and takes its own second person.
"""

from __future__ import annotations

from typing import Final
from uuid import uuid4

from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from incidents.fraud import sealing
from incidents.fraud.investigating import WORKED, claims_of
from incidents.fraud.standing import (
    ACTOR,
    State,
    WrongStep,
    authorise,
    held,
    require_member,
    require_words,
    write,
)
from incidents.models import FraudAsk, FraudCase, FraudEntry
from records.models import Claim

ANSWER: Final = Action.FRAUD_ANSWER
Kind = FraudAsk.Kind
What = FraudEntry.What


class NobodyHandles(CustodianError):
    """A claim that nobody has taken has nobody to ask."""

    code = "fraud-ask-nobody"
    status = 409
    message = _("这件赔案还没有经办人，无人可问")


class NotItsClaim(CustodianError):
    """The claim is not part of this case."""

    code = "fraud-ask-other-claim"
    message = _("这件赔案不在本疑点里，请先关联")


class Answered(CustodianError):
    """It has been answered."""

    code = "fraud-ask-answered"
    status = 409
    message = _("已经答复过")


def ask(case: FraudCase, claim: Claim, *, kind: str, text: str, actor: Actor) -> FraudAsk:
    """A refusal is proposed only of what two found founded. Raises `WrongStep`, `NobodyHandles`, …"""
    with held(case, *WORKED) as row:
        require_member(row, actor)
        if kind == Kind.REFUSE:
            _require_founded(row)
        if claim not in claims_of(row):
            raise NotItsClaim
        if claim.handler_id is None:
            raise NobodyHandles
        ref, words = uuid4(), require_words(text)
        authorise(row, Action.FRAUD_WORK, "asked", actor=actor, claim=claim.ref)
        made = FraudAsk.objects.create(
            ref=ref, case=row, claim=claim, kind=Kind(kind), handler_id=claim.handler_id,
            asked_by_id=actors.person(actor), text_sealed=sealing.seal(row.ref, f"ask/{ref}", words),
        )  # fmt: skip
        what = What.PROPOSED if kind == Kind.REFUSE else What.ASKED
        write(row, what, actor=actor, told={"claim": claim.ref})
    return made


def _require_founded(case: FraudCase) -> None:
    if case.state != State.CONCLUDED or FraudCase.Measure.REFUSE not in case.measures:
        raise WrongStep


def answer(row: FraudAsk, *, text: str, channel: str, actor: Actor) -> None:
    """By the handler who was asked. Raises `NotVisible`, `Answered`, `SaysNothing`."""
    if row.handler_id != actor.id:
        raise NotVisible
    words = require_words(text)
    with scopes.acting(actors.system(ACTOR)):
        case = FraudCase.objects.get(pk=row.case_id)
        sealed = sealing.seal(case.ref, f"answer/{row.ref}", words)
        with held(case, *WORKED, State.CLOSED) as locked:
            facts = {"claim": row.claim.ref, "outcome": "answered"}
            gate.authorise(actor, ANSWER, channel=channel, facts=facts)
            open_ones = FraudAsk.objects.filter(pk=row.pk, answered_at=None)
            if open_ones.update(answered_at=clock.now(), answer_sealed=sealed) != 1:
                raise Answered
            write(locked, What.ANSWERED, actor=actor, told={"claim": row.claim.ref})


def words_of(row: FraudAsk) -> tuple[str, str]:
    """Question and answer, for whom row-level security shows the row; the reading is on record."""
    with scopes.acting(actors.system(ACTOR)):
        ref = FraudCase.objects.values_list("ref", flat=True).get(pk=row.case_id)
    asked = sealing.opened(ref, f"ask/{row.ref}", row.text_sealed)
    return asked, sealing.opened(ref, f"answer/{row.ref}", row.answer_sealed)


def waiting_for(person: int) -> list[FraudAsk]:
    """Newest first, what is not answered on top."""
    rows = FraudAsk.objects.filter(handler=person).select_related("claim", "asked_by")
    return sorted(rows.order_by("-pk")[:100], key=lambda each: each.answered_at is not None)


def seen(actor: Actor, asks: list[FraudAsk], *, purpose: str) -> None:
    """Put on record that he reads them, before they are opened."""
    facts = {"fraud-claims": sorted({each.claim.ref for each in asks})[:20]}
    gate.permit(actor, ANSWER, purpose=purpose, channel=Channel.DESK, facts=facts)
