"""The API of partners: what one share allows, as long as it does; each read is on record in their name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, NoReturn
from uuid import UUID

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.api import ActorView
from access.vocabulary import Channel
from custodian import clock
from custodian.api import ActorThrottle
from custodian.api_views import Shape
from records.models import Claim, Customer, Policy
from transfers import api_shapes
from transfers.models import Share, Telling
from transfers.shares import reading
from transfers.shares.bearing import share_of
from transfers.shares.jobs import SYSTEM
from transfers.tellings import receipts, sending

CHANNEL: Final = Channel.API.value


class ShareThrottle(ActorThrottle):
    """So many requests a minute as two people agreed to for this share."""

    def allow_request(self, request: Request, view: Any) -> bool:
        actor: Actor | None = getattr(request, "actor", None)
        if actor is not None and actor.share is not None:
            with scopes.acting(actors.system(SYSTEM)):
                rows = Share.objects.filter(code=actor.share.code)
                self.rate = f"{rows.values_list('rate', flat=True).first() or 1}/min"
        return super().allow_request(request, view)


class PartnerView(ActorView):
    """Only for the token of a share; anybody else is refused, and that is on record."""

    tag = "partners"
    throttle_classes = [ShareThrottle]

    @property
    def share(self) -> Share:
        actor = self.actor
        if actor.share is None:
            gate.refuse(actor, Action.SHARE_READ, because="role-not-covered", channel=CHANNEL)
        with scopes.acting(actors.system(SYSTEM)):
            return share_of(actor)

    def unknown(self, asked: str, action: Action) -> NoReturn:
        """Absent, of another share, or not to be given now: all the same from outside."""
        actor = self.actor
        purpose = actor.share.purpose if actor.share else ""
        gate.refuse_unknown(actor, action, asked=asked[:40], purpose=purpose, channel=CHANNEL)


class TheShare(PartnerView):
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="readShare",
            answer=api_shapes.ShareAnswer,
            about="What the token is good for, and how many corrections wait for a receipt.",
        )
    }

    def get(self, request: Request) -> Response:
        share = self.share
        _enter(self.actor, share, Action.SHARE_LIST)
        with scopes.acting(actors.system(SYSTEM)):
            waiting = _open(share).count()
        return self.answer(
            {
                "share": share.code,
                "agreement": share.agreement.code,
                "purpose": share.purpose,
                "elements": share.elements,
                "until": share.over_at,
                "customers": len(share.candidates),
                "corrections": waiting,
            }
        )


class Customers(PartnerView):
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="listSharedCustomers",
            query=api_shapes.PageQuery,
            answer=api_shapes.CustomersAnswer,
            about="References of the customers that may be read now. Whoever objected, withdrew her"
            " consent or is restricted is only counted.",
        )
    }

    def get(self, request: Request) -> Response:
        share, asked = self.share, self.asked
        with scopes.acting(actors.system(SYSTEM)):
            rows = Customer.objects.filter(pk__in=share.candidates).order_by("ref")
            if asked.get("cursor"):
                rows = rows.filter(ref__gt=asked["cursor"])
            limit = asked["limit"]
            page = list(rows.values_list("pk", "ref")[: limit + 1])
        entry = _enter(self.actor, share, Action.SHARE_LIST)
        shown = dict(page[:limit])
        able, omitted = reading.able(share, list(shown))
        return self.answer(
            {
                "entry": entry,
                "customers": sorted(shown[each] for each in able),
                "left_out": omitted.total(),
                "next": page[limit - 1][1] if len(page) > limit else None,
            }
        )


class Values(PartnerView):
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="readSharedCustomer",
            answer=api_shapes.ValuesAnswer,
            problems=("404",),
            about="The share's elements of one customer, in clear. Each time is on record, and the"
            " customer sees it. Another customer, and one of whom nothing may be given now, is 404.",
        )
    }

    def get(self, request: Request, ref: str) -> Response:
        share = self.share
        with scopes.acting(actors.system(SYSTEM)):
            rows = Customer.objects.filter(ref=ref, pk__in=share.candidates)
            subject = rows.values_list("pk", flat=True).first()
        given = None
        if subject is not None:
            given = reading.give(share, [subject], channel=CHANNEL, address=self.actor.address)
        if given is None or not given.entry:
            self.unknown(ref, Action.SHARE_READ)
        places = _places(given)
        values = [
            {
                "element": each.element,
                "slot": each.slot,
                "of": places.get(each.holding),
                "value": each.text,
            }
            for each in given.plains
        ]
        return self.answer({"entry": given.entry, "customer": ref, "values": values})


class Corrections(PartnerView):
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="listCorrections",
            answer=api_shapes.CorrectionsAnswer,
            about="Corrected values that have no receipt yet. They come again until they have one.",
        )
    }

    def get(self, request: Request) -> Response:
        share = self.share
        _enter(self.actor, share, Action.SHARE_LIST)
        with scopes.acting(actors.system(SYSTEM)):
            rows = list(_open(share).select_related("share__agreement__counterparty"))
        told = sending.tell(
            rows[: sending.MOST], how=sending.How.API, channel=CHANNEL, address=self.actor.address
        )
        corrections = [
            {
                "ref": each.telling.ref,
                "customer": each.customer,
                "element": each.telling.element,
                "corrected_on": clock.local(each.telling.opened_at).date(),
                "due": each.telling.due_at,
                "value": each.value,
                "mark": each.mark,
            }
            for each in told
        ]
        return self.answer({"corrections": corrections})


class ReceiptOf(PartnerView):
    shapes: ClassVar[Mapping[str, Shape]] = {
        "POST": Shape(
            name="confirmCorrection",
            body=api_shapes.ReceiptBody,
            answer=api_shapes.ReceiptAnswer,
            problems=("404", "409"),
            about="The partner has the correction. `mark` is the one that came with the value; where the"
            " partner's identity key is confirmed, `signature` is its Ed25519 signature over both.",
        )
    }

    def post(self, request: Request, ref: str) -> Response:
        share, said = self.share, self.said
        with scopes.acting(actors.system(SYSTEM)):
            rows = Telling.objects.filter(ref=_uuid(ref), share=share)
            telling = rows.select_related("counterparty").first()
        if telling is None:
            self.unknown(ref, Action.TELLING_CONFIRM)
        signature = bytes.fromhex(said.get("signature", ""))
        done = receipts.confirm(telling, mark=said["mark"], signature=signature, actor=self.actor)
        return self.answer(
            {
                "ref": done.ref,
                "status": done.status,
                "receipt": done.receipt,
                "confirmed_at": done.confirmed_at,
            }
        )


def _enter(actor: Actor, share: Share, action: Action) -> int:
    permit = gate.permit(
        actor, action, purpose=share.purpose, channel=CHANNEL, facts={"share": share.code}
    )
    return permit.entry


def _open(share: Share) -> QuerySet[Telling]:
    return Telling.objects.filter(share=share).exclude(status=Telling.Status.CONFIRMED)


def _places(given: reading.Given) -> dict[UUID, str]:
    """Which policy or claim each holding is; of identity and money there is one."""
    holdings = {each.holding for each in given.plains}
    with scopes.acting(actors.system(SYSTEM)):
        found: dict[UUID, str] = {}
        for model in (Policy, Claim):
            found |= dict(
                model._default_manager.filter(holding__in=holdings).values_list("holding", "ref")
            )
        return found


def _uuid(text: str) -> UUID:
    """What is none finds nothing."""
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
