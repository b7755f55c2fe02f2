"""Work items by API: another system opens them, tells their end, and reads its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from access import gate, work_items
from access.actions import Action
from access.actors import Actor
from access.api import ActorView
from access.models import Unit, User, WorkItem
from access.vocabulary import Channel
from custodian.api_views import Shape
from records import api_examples, overview, references, work_shapes
from records.models import Customer

CHANNEL: Final = Channel.API.value


class WorkItems(ActorView):
    tag = "work"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="listWorkItems",
            query=work_shapes.WorkQuery,
            answer=work_shapes.WorkPage,
            about="The caller's own items and those that he opened for others, newest first.",
        ),
        "POST": Shape(
            name="openWorkItem",
            body=work_shapes.WorkBody,
            answer=work_shapes.WorkAnswer,
            status=201,
            problems=("404", "409"),
            examples=api_examples.WORK,
            about="A reason to look at a customer of the caller's, for one person or for whoever of a"
            " unit takes it. It makes nobody's reach wider. Repeat it as often as you like: the same"
            " number with the same content gives the same item, with another content 409.",
        ),
    }

    def get(self, request: Request) -> Response:
        asked, actor = self.asked, self.actor
        entry = _enter(actor, Action.WORK_ITEM_READ)
        page = _page(asked, actor)
        shown = page[: asked["limit"]]
        more = len(page) > asked["limit"]
        told = {
            "entry": entry,
            "items": _told(shown, actor),
            "next": shown[-1].ref if more else None,
        }
        return self.answer(told)

    def post(self, request: Request) -> Response:
        said, actor = self.said, self.actor
        if not gate.may(actor, Action.WORK_ITEM_OPEN):
            _enter(actor, Action.WORK_ITEM_OPEN)
        customer = _customer(said["customer"], actor)
        user, unit = _whose(said, actor)
        item = work_items.open_once(
            customer.pk,
            kind=said["kind"],
            number=said["number"],
            user=user,
            unit=unit,
            due_at=said.get("due_at"),
            channel=CHANNEL,
            actor=actor,
        )
        return self.answer(_told([item], actor)[0], status=201)


class WorkItemDetail(ActorView):
    tag = "work"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="readWorkItem",
            answer=work_shapes.WorkAnswer,
            about="One item of the caller's, or one that he opened.",
        ),
        "PATCH": Shape(
            name="closeWorkItem",
            body=work_shapes.ClosingBody,
            answer=work_shapes.WorkAnswer,
            problems=("409",),
            about="Tells how it ended. The same outcome again changes nothing, another one is 409.",
        ),
    }

    def get(self, request: Request, ref: str) -> Response:
        actor = self.actor
        _enter(actor, Action.WORK_ITEM_READ)
        item = work_items.readable(_uuid(ref), channel=CHANNEL, actor=actor)
        return self.answer(_told([item], actor)[0])

    def patch(self, request: Request, ref: str) -> Response:
        actor = self.actor
        if not gate.may(actor, Action.WORK_ITEM_CLOSE):
            _enter(actor, Action.WORK_ITEM_CLOSE)
        item = work_items.closable(_uuid(ref), channel=CHANNEL, actor=actor)
        work_items.close(item, outcome=self.said["outcome"], channel=CHANNEL, actor=actor)
        return self.answer(_told([item], actor)[0])


def _enter(actor: Actor, action: Action) -> int:
    return gate.permit(actor, action, purpose="", channel=CHANNEL).entry


def _page(asked: Mapping[str, Any], actor: Actor) -> list[WorkItem]:
    items = WorkItem.objects.of(actor)
    if asked["state"] != "all":
        items = items.filter(closed_at__isnull=asked["state"] == "open")
    if asked.get("cursor"):
        edge = items.model.objects.of(actor).filter(ref=asked["cursor"]).values("pk")
        items = items.filter(pk__lt=edge[:1])
    return list(items.order_by("-pk")[: asked["limit"] + 1])


def _uuid(ref: str) -> UUID:
    """What is no reference at all names nothing, as one that nobody has."""
    try:
        return UUID(ref)
    except ValueError:
        return UUID(int=0)


def _customer(ref: str, actor: Actor) -> Any:
    known = references.read(ref, kind="c")
    customer = overview.find(known, actor=actor) if known else None
    if customer is None:
        gate.refuse_unknown(actor, Action.WORK_ITEM_OPEN, asked=ref, purpose="", channel=CHANNEL)
    return customer


def _whose(said: Mapping[str, Any], actor: Actor) -> tuple[User | None, Unit | None]:
    number, code = said.get("staff_no"), said.get("unit")
    if number is None and code is None:
        number = actor.staff_no
    user = User.objects.filter(staff_no=number, is_active=True).first() if number else None
    unit = Unit.objects.filter(code=code).first() if code else None
    errors: dict[str, list[Any]] = {}
    if number is not None and user is None:
        errors["staff_no"] = [_("没有这个工号的在岗人员，请核对")]
    if code is not None and unit is None:
        errors["unit"] = [_("没有这个机构代码，请核对")]
    if errors:
        raise ValidationError(errors)
    return user, unit


def _told(items: Sequence[WorkItem], actor: Actor) -> list[dict[str, Any]]:
    """Items in the words of the interface: codes and references, and no value of a customer."""
    seen = Customer.objects.visible_to(actor).filter(pk__in={each.subject_id for each in items})
    refs = dict(seen.values_list("pk", "ref"))
    people = User.objects.in_bulk(
        {key for each in items for key in (each.user_id, each.opened_by_id) if key}
    )
    units = Unit.objects.in_bulk({each.unit_id for each in items if each.unit_id})
    return [
        {
            "ref": each.ref,
            "number": each.number,
            "kind": each.kind,
            "source": each.source,
            "customer": refs.get(each.subject_id),
            "staff_no": people[each.user_id].staff_no if each.user_id else None,
            "unit": units[each.unit_id].code if each.unit_id else None,
            "opened_by": people[each.opened_by_id].staff_no if each.opened_by_id else None,
            "opened_at": each.opened_at,
            "due_at": each.due_at,
            "closed_at": each.closed_at,
            "outcome": each.outcome,
        }
        for each in items
    ]
