"""What a customer does with her own request: says more, takes it back, ends its effect, rates the answer."""

from __future__ import annotations

from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import scopes
from access.actions import Action
from access.actors import Actor, system
from custodian import clock
from custodian.errors import CustodianError
from records.models import CustomerRequest, RequestMessage
from records.requests import closing, effects, stepping, texts
from records.requests.handling import Ended
from records.requests.stepping import ACTOR, Code

MESSAGES: Final = 50  # of one request; company default
SCORES: Final = (1, 2, 3, 4, 5)


class TooManyMessages(CustodianError):
    """More was said to one request than anybody reads."""

    code = "too-many-messages"
    status = 429
    message = _("这项申请的补充说明已满。请等待答复，或致电客服")


class NotToRate(CustodianError):
    """It has not ended, or was rated before."""

    code = "not-to-rate"
    status = 409
    message = _("这项申请还没有办结，或您已经评价过")


class NotToLift(CustodianError):
    """Nothing that it brought stands any more."""

    code = "nothing-to-lift"
    status = 409
    message = _("没有可以解除的限制，或已经解除")


def say(request: CustomerRequest, text: str, *, channel: str, actor: Actor) -> None:
    """Add words to an open request. Raises `Ended`, `TooManyMessages`."""
    with transaction.atomic(), scopes.acting(system(ACTOR)):
        held = _held(request)
        if held.ended:
            raise Ended
        if held.messages.count() >= MESSAGES:
            raise TooManyMessages
        facts = texts.write(held, {}, message=text, author=RequestMessage.Author.CUSTOMER)
        _record(held, Code.SAID, channel=channel, actor=actor, **facts)
        stepping.note(held, Code.SAID)


def withdraw(request: CustomerRequest, *, channel: str, actor: Actor) -> None:
    """Raises `Ended` where it has ended, or what was decided is being done."""
    with transaction.atomic(), scopes.acting(system(ACTOR)):
        held = _held(request)
        if held.ended or effects.pending(held):
            raise Ended
        _record(held, Code.WITHDRAWN, channel=channel, actor=actor)
        closing.close(held, CustomerRequest.Status.WITHDRAWN, actor=None)
    request.refresh_from_db()


def rate(
    request: CustomerRequest, score: int, comment: str = "", *, channel: str, actor: Actor
) -> None:
    """From one to five, once, after the end. Raises `NotToRate`."""
    if score not in SCORES:
        raise ValueError(score)
    with transaction.atomic(), scopes.acting(system(ACTOR)):
        held = _held(request)
        if not may_rate(held):
            raise NotToRate
        facts = texts.write(held, {"comment": comment}) if comment else {}
        _record(held, Code.RATED, channel=channel, actor=actor, **facts)
        CustomerRequest.objects.filter(pk=held.pk).update(score=score, rated_at=clock.now())
        stepping.note(held, Code.RATED)
    request.refresh_from_db()


def may_rate(request: CustomerRequest) -> bool:
    withdrawn = request.status == CustomerRequest.Status.WITHDRAWN
    return request.ended and not withdrawn and request.score is None


def lift(request: CustomerRequest, *, channel: str, actor: Actor) -> None:
    """End a restriction or an objection of hers; it is done by a job like its beginning."""
    with transaction.atomic(), scopes.acting(system(ACTOR)):
        held = _held(request)
        if not effects.may_lift(held):
            raise NotToLift
        _record(held, Code.LIFTED, channel=channel, actor=actor)
        effects.begin(held, effects.LIFT, actor=actor)


def _record(
    request: CustomerRequest, step: str, *, channel: str, actor: Actor, **facts: Any
) -> None:
    stepping.record(request, Action.REQUEST_SAY, channel=channel, actor=actor, step=step, **facts)


def _held(request: CustomerRequest) -> CustomerRequest:
    held: CustomerRequest = CustomerRequest.objects.select_for_update(of=("self",)).get(
        pk=request.pk
    )
    return held
