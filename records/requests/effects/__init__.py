"""What a decided request does: a job of its own for each, so that one that fails holds up no other.

A failed one is seen on the request's page, and tried again by itself with growing pauses, then by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

import structlog
from django.db import transaction

from access import actors, findings, scopes
from access.actions import Action
from access.actors import Actor, system
from access.models import Finding, User
from access.models.findings import TELLERS
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.jobs import JOB, JobStatus, wake
from records.models import CustomerRequest, RequestEffect, RequestStep
from records.requests import closing, stepping
from records.requests.effects import telling
from records.requests.stepping import ACTOR

LIFT: Final = "lift"
FAILED: Final = "request-effect-failed"
# After so many attempts by itself it waits for a person; each pause is twice the one before.
ATTEMPTS: Final = 5
PAUSE: Final = timedelta(minutes=1)
_log = structlog.get_logger("records")


@dataclass(frozen=True)
class Outcome:
    """How the request ends, and what became of each thing in codes; no `status`: it goes on elsewhere.

    Whoever carries on ends it with `finish`.
    """

    status: str = CustomerRequest.Status.ANSWERED
    told: dict[str, Any] = field(default_factory=dict)


Effect = Callable[[CustomerRequest], Outcome]
_effects: dict[str, Effect] = {}
# What goes on elsewhere for a request that was decided says so here.
going_on: Final[list[Callable[[CustomerRequest], bool]]] = []
_lifts: dict[str, Callable[[CustomerRequest], None]] = {}


def register_effect(kind: str, effect: Effect) -> None:
    """Whoever does what is asked for registers it; a request of a kind without one is answered by hand."""
    _effects[kind] = effect


def register_lift(kind: str, lift: Callable[[CustomerRequest], None]) -> None:
    _lifts[kind] = lift


def has(kind: str) -> bool:
    return kind in _effects


def may_lift(request: CustomerRequest) -> bool:
    """Whether it stands, and may be taken back by the customer."""
    granted = request.status in {
        CustomerRequest.Status.ANSWERED, CustomerRequest.Status.PARTLY,
    }  # fmt: skip
    stands = request.kind in _lifts and granted and request.lifted_at is None
    return stands and not request.effects.filter(code=LIFT).exists()


def begin(request: CustomerRequest, code: str, *, actor: Actor | None) -> RequestEffect:
    """In the transaction of the decision."""
    with scopes.acting(system(ACTOR)):
        effect = RequestEffect.objects.create(
            request=request, code=code, asked_by_id=actor.id if actor else None
        )
    from records.tasks import carry_out_request  # the task leads back here

    wake(carry_out_request, effect.pk)
    return effect


def pending(request: CustomerRequest) -> bool:
    """Whether something that was decided is still to be done."""
    with scopes.acting(system(ACTOR)):
        if request.effects.exclude(status=JobStatus.DONE).exists():
            return True
    return any(each(request) for each in going_on)


def carry_out(effect_id: int) -> RequestEffect:
    """Do it, and end the request, both or neither. Raises `IllegalMove` when somebody is at it."""
    with scopes.acting(system(ACTOR)):
        effect: RequestEffect = RequestEffect.objects.select_related("request").get(pk=effect_id)
        effect.claim()
        RequestEffect.objects.filter(pk=effect.pk).update(attempts=effect.attempts + 1)
        effect.attempts += 1
        try:
            with transaction.atomic():
                _do(effect)
                failpoints.hit("request-effect")
                JOB.move(effect, "finish", {"finished_at": clock.now(), "note": ""})
        except Exception as error:  # noqa: BLE001  whatever it is, the others go on
            _fail(effect, error)
        return effect


def _do(effect: RequestEffect) -> None:
    request = CustomerRequest.objects.select_for_update(of=("self",)).get(pk=effect.request_id)
    stepping.record(
        request, Action.REQUEST_WORK, channel=Channel.TASK, actor=system(ACTOR), step=effect.code
    )
    if effect.code == LIFT:
        _lifts[request.kind](request)
        CustomerRequest.objects.filter(pk=request.pk).update(lifted_at=clock.now())
        stepping.note(request, RequestStep.Code.LIFTED)
        return
    outcome = _effects[request.kind](request)
    if outcome.status:
        finish(request, outcome, by=effect.asked_by)


def finish(request: CustomerRequest, outcome: Outcome, *, by: User | None) -> None:
    """End a request whose effect is done, in the name of whoever decided it."""
    stepping.note(request, RequestStep.Code.DONE)
    actor = actors.staff(by) if by is not None else None
    closing.close(request, outcome.status, actor=actor, outcome=outcome.told)


def _fail(effect: RequestEffect, error: Exception) -> None:
    pause = PAUSE * 2 ** min(effect.attempts, ATTEMPTS)
    JOB.move(effect, "fail", {"note": type(error).__name__, "leased_until": clock.now() + pause})
    _log.exception("request-effect-failed", job=effect.pk)
    if effect.attempts == ATTEMPTS:
        findings.raise_finding(
            FAILED,
            severity=Finding.Severity.MEDIUM,
            facts={"request": effect.request.ref, "effect": effect.code, "note": effect.note},
        )


def again(effect: RequestEffect) -> None:
    """By hand, at once; raises `IllegalMove` unless it failed."""
    with transaction.atomic(), scopes.acting(system(ACTOR)):
        RequestEffect.objects.filter(pk=effect.pk).update(attempts=0)
        JOB.move(effect, "resume")
        from records.tasks import carry_out_request  # the task leads back here

        wake(carry_out_request, effect.pk)


def due() -> list[int]:
    """Those that nobody is at; what failed is due again after its pause."""
    with scopes.acting(system(ACTOR)):
        failed = RequestEffect.objects.filter(
            status=JobStatus.FAILED, attempts__lt=ATTEMPTS, leased_until__lte=clock.now()
        )
        for effect in failed:
            JOB.move(effect, "resume")
        return list(RequestEffect.objects.due().values_list("pk", flat=True))


TELLERS[FAILED] = telling.failed
