"""Deletion: what nothing keeps goes with the next batch, what the law keeps is stored only, and she is told.

Nothing is destroyed here: the batch is put up by one officer and approved by another, as every night's is.
PIPL art. 47: what must be kept is stored and protected, and not used for anything else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from access import gate, scopes
from access.actions import Action
from access.actors import system
from access.asking import ANSWERED
from access.models import Restriction
from access.vocabulary import Channel
from custodian import clock
from records import legal_holds
from records.models import Claim, CustomerRequest, Document, Policy, RetentionEvent
from records.requests import stepping
from records.requests.effects import Outcome, register_effect
from records.requests.stepping import ACTOR
from records.retention import reckoning, rules
from records.retention.deciding import State
from records.retention.reckoning import Kept

GOES, KEPT, UNDATED, HELD, USED = "goes", "kept", "undated", "held", "used"
_STORED = frozenset({KEPT, UNDATED, HELD})


@dataclass(frozen=True)
class Fate:
    """What a deletion would do, or did, to one holding."""

    kept: Kept
    fate: str
    name: str

    def told(self) -> dict[str, Any]:
        """Codes and dates. Of a legal hold nothing but that there is one."""
        answer = self.kept.answer
        said: dict[str, Any] = {"kind": self.kept.kind, "name": self.name, "fate": self.fate}
        if self.fate == USED:
            return {**said, "uses": _uses(answer)}
        if self.fate in {KEPT, GOES} and answer.until:
            said |= {"until": answer.until.isoformat(), "rule": answer.rule}
        return said


def foreseen(request: CustomerRequest) -> list[Fate]:
    """What it would do now, for whoever decides; nothing is written."""
    with scopes.acting(system(ACTOR)):
        return fates(request, today=clock.local().date(), withdrawn=True)


def fates(request: CustomerRequest, *, today: date, withdrawn: bool = False) -> list[Fate]:
    """Each holding but the requests themselves, which are evidence that they were answered.

    `withdrawn`: as if nothing but the contact had kept it.
    """
    kept = [
        each
        for each in reckoning.answers([request.subject_id], on=today, by=rules.on(today))
        if each.kind != "request"
    ]
    held = legal_holds.on([each.holding for each in kept])
    names = _names(request.subject_id)
    return [
        Fate(
            each,
            _fate(each, today, held=each.holding in held, withdrawn=withdrawn),
            names.get(each.holding, ""),
        )
        for each in kept
    ]


def _fate(kept: Kept, today: date, *, held: bool, withdrawn: bool) -> str:
    answer, only_contact = kept.answer, _by_contact_only(kept)
    if answer.state is State.IN_USE and not (withdrawn and only_contact):
        return USED
    if held:
        return HELD
    over = answer.state is State.DUE or (answer.until is not None and answer.until <= today)
    if over or (withdrawn and only_contact):
        return GOES
    return UNDATED if answer.state is State.UNDATED else KEPT


def _by_contact_only(kept: Kept) -> bool:
    """Of somebody without a contract, of whom one was heard lately."""
    uses = kept.answer.uses
    return bool(uses) and all(use.because == "prospect" for use in uses)


def carry_out(request: CustomerRequest) -> Outcome:
    subject, today = request.subject_id, clock.local().date()
    if any(_by_contact_only(each.kept) for each in fates(request, today=today)):
        _withdraw(subject, today)
    found = fates(request, today=today)
    _restrict(subject, [each for each in found if each.fate in _STORED])
    reckoning.refresh([subject])
    everything = all(each.fate == GOES for each in found)
    status = CustomerRequest.Status.ANSWERED if everything else CustomerRequest.Status.PARTLY
    return Outcome(status, {"things": [each.told() for each in found]})


def _withdraw(subject: int, today: date) -> None:
    """Of somebody without a contract: from today on nothing but a rule keeps anything."""
    RetentionEvent.objects.create(
        subject_id=subject, trigger=RetentionEvent.Trigger.CONSENT_WITHDRAWN, on=today
    )
    gate.authorise(
        system(ACTOR),
        Action.RETENTION_NOTE,
        channel=Channel.TASK,
        subjects=stepping.tag(subject),
        facts={"trigger": RetentionEvent.Trigger.CONSENT_WITHDRAWN.value},
    )


def _restrict(subject: int, stored: Sequence[Fate]) -> None:
    Restriction.objects.bulk_create(
        [
            Restriction(
                subject_id=subject, holding=each.kept.holding, kind=each.kept.kind,
                because=Restriction.Because.DELETION,
            )
            for each in stored
            if each.kept.kind not in ANSWERED
        ],
        ignore_conflicts=True,
    )  # fmt: skip


def _uses(answer: Any) -> list[tuple[str, list[str]]]:
    said: dict[str, list[str]] = {}
    for use in answer.uses:
        said.setdefault(use.because, []).extend([use.about] if use.about else [])
    return [(code, sorted(set(names))) for code, names in said.items()]


def _names(subject: int) -> dict[Any, str]:
    return {
        holding: ref
        for model in (Policy, Claim, Document)
        for holding, ref in model._default_manager.filter(subject=subject).values_list(
            "holding", "ref"
        )
    }


register_effect(CustomerRequest.Kind.DELETION, carry_out)
