"""A suspicion that a person raises: a handler or an officer who noticed something that no rule looks for."""

from __future__ import annotations

import hashlib
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, proposals, scopes
from access.actions import Action
from access.actors import Actor
from custodian import clock
from custodian.errors import CustodianError
from incidents.fraud import scoring, screening
from incidents.fraud.rules import BY_HAND, book
from incidents.fraud.standing import ACTOR, require_words, write
from incidents.models import FraudCase, FraudEntry, FraudSignal
from records.claim_handling.lifecycle import OPEN
from records.models import Claim

What: Final = FraudEntry.What


class NoOpenClaim(CustodianError):
    """None of this number is open in the reach of whoever asks."""

    code = "fraud-no-open-claim"
    message = _("没有这个编号的未结赔案，或不在您的范围内，请核对")


def raise_by_hand(number: str, *, text: str, channel: str, actor: Actor) -> None:
    """Into the live case of the customer, or a new one; whoever raises it learns neither, nor sees it.

    The claim runs on as it would. Raises `NoOpenClaim`, `SaysNothing`.
    """
    words = require_words(text)
    claim = Claim.objects.filter(ref=number.strip(), status__in=OPEN).first()
    if claim is None:
        raise NoOpenClaim
    with transaction.atomic():
        gate.authorise(actor, Action.FRAUD_RAISE, channel=channel, facts={"claim": claim.ref})
        with scopes.acting(actors.system(ACTOR)):
            proposals.lock(FraudCase)
            _keep(claim, words, actor)


def _keep(claim: Claim, words: str, actor: Actor) -> None:
    case = FraudCase.objects.live().filter(subject=claim.subject_id).first()
    row = _signal(claim, actor)
    what = What.SIGNAL if case else What.OPENED
    if case is None:
        case = screening.new_case("subject", claim.subject_id, [row])
        case.save()
    row.case = case
    row.save()
    FraudCase.objects.filter(pk=case.pk).update(score=scoring.total(case.signals.all()))
    told = {"rules": [BY_HAND], "sum": scoring.arithmetic([row])}
    write(case, what, actor=actor, text=words, told=told)


def _signal(claim: Claim, actor: Actor) -> FraudSignal:
    now = clock.now()
    same = f"{claim.pk}/{actor.id}/{now.isoformat()}"
    return FraudSignal(
        rule=BY_HAND, claim=claim, policy_id=claim.policy_id, subject_id=claim.subject_id,
        facts={"claim": claim.ref}, digest=hashlib.sha256(same.encode()).hexdigest(),
        weight=book()[BY_HAND].weight, found_at=now,
    )  # fmt: skip
