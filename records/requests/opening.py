"""Opens a request, whichever way it came; a second one about the same is led to the first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor, system
from access.models import Subject
from access.vocabulary import Purpose, Role
from custodian import clock
from custodian.errors import CustodianError, NotVisible
from records.models import CustomerRequest
from records.requests import accepting, clocks, kinds, limits, stepping, texts
from records.requests.kinds import Way
from records.requests.stepping import ACTOR, Code

By, CameBy, Proof = CustomerRequest.By, CustomerRequest.CameBy, CustomerRequest.Proof


class AlreadyOpen(CustodianError):
    """One about the same is open; `request` is it. Told to whoever has proven who he is, and nobody else."""

    code = "request-open-already"
    status = 409
    message = _("同样的申请还在办理。您可以在那里补充说明")

    def __init__(self, request: CustomerRequest) -> None:
        self.request = request
        super().__init__()


class TooMany(CustodianError):
    """More are open, or came today, than one person may have."""

    code = "too-many-requests"
    status = 429
    message = _("未办结或今天提交的申请太多，这一份没有收下。请先等待答复，或致电客服")


@dataclass(frozen=True, kw_only=True)
class Arrival:
    """Which way a request came, who asks, and how that was made sure; no `proof`: not yet.

    Of a representative `capacity` and `asker`, his own subject, as far as he is registered.
    """

    came_by: str
    asked_by: str = By.HERSELF
    capacity: str = ""
    asker: int | None = None
    proof: str = ""
    received_at: datetime | None = None


def open_request(
    customer: int,
    *,
    kind: str,
    text: str = "",
    about: str = "",
    insurer: str = "",
    details: Mapping[str, Any] | None = None,
    arrival: Arrival | None = None,
    form: UUID | None = None,
    channel: str,
    actor: Actor,
) -> CustomerRequest:
    """Write the request down and start its clock; it is accepted at once if it is known who asks.

    `about` and `details` are codes; the same `form` again gives the request that it made. Raises
    `AlreadyOpen`, `TooMany`, and `NotVisible` for a customer out of the actor's reach.
    """
    way, came = kinds.of(kind), arrival or _in_the_portal(actor)
    if not scopes.find([customer]):
        raise NotVisible
    try:
        with transaction.atomic(), scopes.acting(system(ACTOR)):
            Subject.objects.select_for_update().get(pk=customer)
            if (sent := _sent(customer, form)) is not None:
                return sent
            request = _new(customer, way, came, about, details, actor=actor)
            request.form = form
            _open(request, {"text": text, "insurer": insurer}, channel=channel, actor=actor)
    except IntegrityError:
        if (found := existing(customer, kind=kind, about=about)) is None:
            raise
        raise AlreadyOpen(found) from None
    return request


def existing(customer: int, *, kind: str, about: str = "") -> CustomerRequest | None:
    """The one that is open about the same, of a customer of whom it is known that she asks."""
    with scopes.acting(system(ACTOR)):
        hers = CustomerRequest.objects.filter(subject=customer, kind=kind, about=about)
        found: CustomerRequest | None = hers.open().exclude(proven_at=None).order_by("-pk").first()
        return found


def _sent(customer: int, form: UUID | None) -> CustomerRequest | None:
    if form is None:
        return None
    found: CustomerRequest | None = CustomerRequest.objects.filter(
        subject=customer, form=form
    ).first()
    return found


def _in_the_portal(actor: Actor) -> Arrival:
    if actor.role is not Role.CUSTOMER:
        raise NotVisible  # whoever enters it for her says which way it came
    if actor.capacity == "self":
        return Arrival(came_by=CameBy.PORTAL, proof=Proof.SIGNED_IN)
    return Arrival(
        came_by=CameBy.PORTAL, asked_by=By.REPRESENTATIVE, capacity=actor.capacity,
        asker=actor.by, proof=Proof.SIGNED_IN,
    )  # fmt: skip


def _new(
    customer: int,
    way: Way,
    came: Arrival,
    about: str,
    details: Mapping[str, Any] | None,
    *,
    actor: Actor,
) -> CustomerRequest:
    if came.proof and way.once and (found := existing(customer, kind=way.kind, about=about)):
        raise AlreadyOpen(found)
    flood = limits.exceeded(customer)
    if flood and actor.role is Role.CUSTOMER and not way.always:
        raise TooMany
    now = clock.now()
    return CustomerRequest(
        subject_id=customer,
        kind=way.kind,
        came_by=came.came_by,
        asked_by=came.asked_by,
        capacity=came.capacity,
        asker_id=came.asker,
        about=about,
        details=dict(details or {}),
        received_at=min(came.received_at or now, now),
        proof=came.proof,
        proven_at=now if came.proof else None,
        proven_by_id=actor.id if came.proof else None,
        triage=flood,
        office=way.office,
    )


def _open(
    request: CustomerRequest, values: Mapping[str, str], *, channel: str, actor: Actor
) -> None:
    sealed = texts.begin(request, values)
    request.save()
    clocks.start(request)
    stepping.note(request, Code.RECEIVED, actor=actor)
    hers = actor.role is Role.CUSTOMER
    facts = {"request": request.ref, "request-kind": request.kind, **texts.facts(sealed)}
    if request.capacity and not hers:
        facts["capacity"] = request.capacity  # else the entry says in which she acts
    gate.authorise(
        actor,
        Action.REQUEST_OPEN,
        channel=channel,
        purpose=Purpose.SELF if hers else kinds.of(request.kind).purpose,
        subjects=stepping.tag(request.subject_id),
        facts=facts,
    )
    if request.proven:
        if not hers:
            stepping.note(request, Code.PROVEN, actor=actor)
        accepting.accept(request, actor=actor)


def prove(request: CustomerRequest, *, proof: str, channel: str, actor: Actor) -> None:
    """Put on record how it was made sure who asks; from then on there may be told something.

    Raises `AlreadyOpen` where another one about the same is open: then this one is joined to it.
    """
    actors.person(actor)
    with transaction.atomic():
        with scopes.acting(system(ACTOR)):
            Subject.objects.select_for_update().get(pk=request.subject_id)
        same = existing(request.subject_id, kind=request.kind, about=request.about)
        if same is not None and kinds.of(request.kind).once:
            raise AlreadyOpen(same)
        stepping.record(
            request, Action.REQUEST_HANDLE, channel=channel, actor=actor, step=Code.PROVEN
        )
        now = clock.now()
        fresh = CustomerRequest.objects.filter(pk=request.pk, proven_at=None)
        if not fresh.update(proof=Proof(proof), proven_at=now, proven_by_id=actor.id):
            return
        request.proof, request.proven_at, request.proven_by_id = proof, now, actor.id
        stepping.note(request, Code.PROVEN, actor=actor)
        accepting.accept(request, actor=actor)
