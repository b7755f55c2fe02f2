"""What the insurer's people do with a request: take it, ask back, extend, pass on, answer or refuse."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor, system
from access.models import WorkItem
from access.vocabulary import Role
from custodian.errors import CustodianError
from custodian.jobs import JobStatus
from records.models import CustomerRequest, RequestMessage
from records.own_data import copies
from records.requests import clocks, closing, effects, extending, recusal, stepping, texts
from records.requests.stepping import ACTOR, Code
from records.requests.workflows import REQUEST

Status, Office = CustomerRequest.Status, CustomerRequest.Office


class Ended(CustodianError):
    """The request has ended, or something else is being done with it."""

    code = "request-ended"
    status = 409
    message = _("这项申请已经办结，或正在按决定办理。请看最新的状态")


class NotProven(CustodianError):
    """Nothing is told to somebody of whom it is not known who he is."""

    code = "request-not-proven"
    status = 409
    message = _("申请人的身份还没有核验，不能告知任何内容。请先登记核验")


def take(request: CustomerRequest, *, channel: str, actor: Actor) -> None:
    """Make it one's own work; what another had passes over, and the customer sees that work goes on."""
    recusal.require(request, Action.REQUEST_HANDLE, channel=channel, actor=actor)
    with transaction.atomic():
        held = _open(request)
        if held.handler_id == actor.id:
            return
        stepping.record(
            held, Action.REQUEST_HANDLE, channel=channel, actor=actor, step=Code.WORKING
        )
        _make_own(held, actor=actor)
    request.refresh_from_db()


def ask(request: CustomerRequest, text: str, *, channel: str, actor: Actor) -> None:
    """Ask the customer for what is missing; the clock goes on."""
    recusal.require(request, Action.REQUEST_HANDLE, channel=channel, actor=actor)
    with transaction.atomic():
        held = _open(request)
        _make_own(held, actor=actor)
        unit = stepping.unit_of(actor)
        facts = texts.write(held, {}, message=text, author=RequestMessage.Author.INSURER, unit=unit)
        stepping.record(
            held, Action.REQUEST_HANDLE, channel=channel, actor=actor, step=Code.ASKED, **facts
        )
        stepping.note(held, Code.ASKED, actor=actor)
    request.refresh_from_db()


def pass_on(request: CustomerRequest, *, reason: str, channel: str, actor: Actor) -> None:
    """From the service desk to the office of compliance."""
    recusal.require(request, Action.REQUEST_HANDLE, channel=channel, actor=actor)
    with transaction.atomic():
        held = _open(request)
        if held.office == Office.COMPLIANCE:
            raise Ended
        stepping.record(
            held, Action.REQUEST_HANDLE, channel=channel, actor=actor, step=Code.MOVED_ON,
            reason=reason,
        )  # fmt: skip
        CustomerRequest.objects.filter(pk=held.pk).update(office=Office.COMPLIANCE, handler=None)
        _give(held, None)
        stepping.note(held, Code.MOVED_ON, actor=actor)
    request.refresh_from_db()


def sort(request: CustomerRequest, *, channel: str, actor: Actor) -> None:
    """Somebody has seen that it is no flood: it is handled like every other."""
    with transaction.atomic():
        stepping.record(request, Action.REQUEST_HANDLE, channel=channel, actor=actor)
        CustomerRequest.objects.filter(pk=request.pk).update(triage=False)
    request.refresh_from_db()


def extend(request: CustomerRequest, code: str, *, reason: str, channel: str, actor: Actor) -> None:
    """More time, as the rule has it, with the reason told to the customer.

    One that needs a second person begins when he approves. Raises `NoExtension`, `NotYoursToAsk`.
    """
    recusal.require(request, Action.REQUEST_EXTEND, channel=channel, actor=actor)
    with transaction.atomic():
        held = _open(request)
        found = clocks.extension(held.clock, code)
        facts = texts.write(held, {"extension": reason})
        stepping.record(
            held, Action.REQUEST_EXTEND, channel=channel, actor=actor, reason=reason, **facts
        )
        if found.approval:
            extending.ask(held, found.code, actor=actor)
        else:
            extending.give(held, found.code, actor=actor)
    request.refresh_from_db()


def answer(
    request: CustomerRequest,
    text: str,
    *,
    outcome: str = Status.ANSWERED,
    details: dict[str, Any] | None = None,
    channel: str,
    actor: Actor,
) -> None:
    """Answer in words; what has an effect of its own is answered once that is done.

    `details` are codes of the decision, such as the four conditions of a transfer to another insurer.
    """
    recusal.require(request, Action.REQUEST_DECIDE, channel=channel, actor=actor)
    with transaction.atomic():
        held = _open(request)
        _office(held, channel=channel, actor=actor)
        _make_own(held, actor=actor)
        facts = texts.write(held, {"answer": text})
        stepping.record(
            held, Action.REQUEST_DECIDE, channel=channel, actor=actor, outcome=outcome, **facts
        )
        if details:
            held.details = {**held.details, **details}
            CustomerRequest.objects.filter(pk=held.pk).update(details=held.details)
        if effects.has(held.kind):
            if held.effects.filter(code=held.kind).exists():
                raise Ended  # it was decided before: what failed is tried again
            effects.begin(held, held.kind, actor=actor)
        else:
            closing.close(held, outcome, actor=actor)
    request.refresh_from_db()


def refuse(request: CustomerRequest, reason: str, *, channel: str, actor: Actor) -> None:
    """Only with a reason; the page and the letter tell how to go on from there."""
    if not reason.strip():
        raise NoReason
    recusal.require(request, Action.REQUEST_DECIDE, channel=channel, actor=actor)
    with transaction.atomic():
        held = _held(request)
        if held.ended or effects.pending(held):
            raise Ended
        _office(held, channel=channel, actor=actor)
        facts = texts.write(held, {"refusal": reason})
        stepping.record(
            held, Action.REQUEST_DECIDE, channel=channel, actor=actor, outcome="refused", **facts
        )
        closing.close(held, Status.REFUSED, actor=actor)
    request.refresh_from_db()


def again(request: CustomerRequest, *, channel: str, actor: Actor) -> None:
    """Try what failed once more, at once. Raises `Ended` where nothing failed."""
    recusal.require(request, Action.REQUEST_HANDLE, channel=channel, actor=actor)
    with scopes.acting(system(ACTOR)):
        failed = request.effects.filter(status=JobStatus.FAILED).first()
        file = request.copies.filter(status=JobStatus.FAILED).exists()
    if failed is None and not file:
        raise Ended
    with transaction.atomic():
        stepping.record(request, Action.REQUEST_HANDLE, channel=channel, actor=actor)
        if failed is not None:
            effects.again(failed)
        else:
            with scopes.acting(system(ACTOR)):
                copies.again(request)


class NoReason(CustodianError):
    """A refusal says why (PIPL art. 50)."""

    code = "refusal-without-reason"
    status = 422
    message = _("不予办理须写明理由")


def _held(request: CustomerRequest) -> CustomerRequest:
    held: CustomerRequest = CustomerRequest.objects.select_for_update(of=("self",)).get(
        pk=request.pk
    )
    return held


def _open(request: CustomerRequest) -> CustomerRequest:
    """The row until the end of the transaction. Raises `NotProven`, `Ended`."""
    held = _held(request)
    if not held.proven:
        raise NotProven
    if held.ended or effects.pending(held):
        raise Ended
    return held


def _office(request: CustomerRequest, *, channel: str, actor: Actor) -> None:
    """What belongs to compliance is decided there; the service desk passes on and does not decide."""
    belongs = request.office == Office.COMPLIANCE
    if belongs and actor.role is not Role.COMPLIANCE_OFFICER:
        gate.refuse(actor, Action.REQUEST_DECIDE, because="role-not-covered", channel=channel)


def _make_own(request: CustomerRequest, *, actor: Actor) -> None:
    if request.handler_id == actor.id:
        return
    request.handler_id = actors.person(actor)
    CustomerRequest.objects.filter(pk=request.pk).update(handler_id=request.handler_id)
    _give(request, request.handler_id)
    if REQUEST.may(request, "begin"):
        REQUEST.move(request, "begin")
        stepping.note(request, Code.WORKING, actor=actor)


def _give(request: CustomerRequest, user: int | None) -> None:
    """The work behind it is of whoever handles it now: her looks are explained by it."""
    with scopes.acting(system(ACTOR)):
        WorkItem.objects.filter(pk=request.item_id or 0, closed_at=None).update(user_id=user)
