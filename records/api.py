"""The API of records: find, list, look, reveal and register customers; every read is on record first."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiParameter
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from access.actions import Action
from access.api import ActorView
from access.vocabulary import Channel
from custodian import elements
from custodian.api_views import Shape
from records import admission, api_examples, api_shapes, disclosure, listing, search
from records.admission import Application, NotAcceptable
from records.disclosure import Asking, PolicyHeld
from records.importing.drafts import Flaw
from records.models import Customer
from records.search import Kind
from records.vault import Listed

CHANNEL: Final = Channel.API.value
KEY: Final = "Idempotency-Key"
_KEY: Final = re.compile(r"[A-Za-z0-9_-]{8,64}")


class Search(ActorView):
    tag = "customers"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "POST": Shape(
            name="searchCustomers",
            body=api_shapes.SearchBody,
            answer=api_shapes.FoundAnswer,
            examples=api_examples.SEARCH,
            about="Visible customers with exactly this value, masked. Nobody there and somebody"
            " else's customer give the same empty answer.",
        )
    }

    def post(self, request: Request) -> Response:
        said = self.said
        found = search.exact(
            Kind(said["kind"]),
            said["values"],
            purpose=said["purpose"],
            channel=CHANNEL,
            actor=self.actor,
        )
        rows = [_row(each) for each in found.rows]
        return self.answer({"entry": found.entry, "customers": rows, "more": found.more})


class Customers(ActorView):
    tag = "customers"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="listCustomers",
            query=api_shapes.PageQuery,
            answer=api_shapes.PageAnswer,
            about="The caller's customers, masked, in no order that means anything.",
        ),
        "POST": Shape(
            name="registerCustomer",
            body=api_shapes.IntakeBody,
            answer=api_shapes.IntakeAnswer,
            status=201,
            problems=("409",),
            examples=api_examples.INTAKE,
            headers=(
                OpenApiParameter(
                    KEY,
                    {"type": "string", "pattern": f"^{_KEY.pattern}$"},
                    OpenApiParameter.HEADER,
                    required=True,
                    description="The same key with the same body has the same answer.",
                ),
            ),
            about="One new customer, after the checks of an import; an agent's becomes his own.",
        ),
    }

    def get(self, request: Request) -> Response:
        asked, actor = self.asked, self.actor
        customers = listing.rows_of(actor).order_by("ref")
        if asked.get("cursor"):
            customers = customers.filter(ref__gt=asked["cursor"])
        page = list(customers[: asked["limit"] + 1])
        shown = listing.show(
            page[: asked["limit"]],
            action=Action.CUSTOMER_LIST,
            purpose=asked["purpose"],
            channel=CHANNEL,
            actor=actor,
        )
        following = shown.rows[-1].ref if len(page) > asked["limit"] else None
        rows = [_row(each) for each in shown.rows]
        return self.answer({"entry": shown.entry, "customers": rows, "next": following})

    def post(self, request: Request) -> Response:
        key = request.headers.get(KEY, "")
        if not _KEY.fullmatch(key):
            raise ValidationError({KEY: [_("请给出 8 至 64 个字母、数字、- 或 _ 的幂等键")]})
        try:
            admitted = admission.admit(
                _application(self.said), key=key, channel=CHANNEL, actor=self.actor
            )
        except NotAcceptable as refusal:
            raise ValidationError(_errors(refusal.flaws)) from None
        told = {
            "ref": admitted.customer.ref,
            "kind": admitted.customer.kind,
            "warnings": [_warning(flaw) for flaw in admitted.warnings],
            "missing": list(admitted.missing),
        }
        return self.answer(told, status=201)


class CustomerDetail(ActorView):
    tag = "customers"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="readCustomer",
            query=api_shapes.ForPurpose,
            answer=api_shapes.CustomerAnswer,
            examples=api_examples.CUSTOMER,
            about="Identity and money of one customer, masked.",
        )
    }

    def get(self, request: Request, ref: str) -> Response:
        held = disclosure.customer(ref, _asking(self.asked), actor=self.actor)
        return self.answer(
            {
                "entry": held.entry,
                **_customer(held.customer),
                "elements": _masks(held.listed),
            }
        )


class Reveal(ActorView):
    tag = "customers"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "POST": Shape(
            name="revealElements",
            body=api_shapes.RevealBody,
            answer=api_shapes.RevealAnswer,
            examples=api_examples.REVEAL,
            about="Chosen elements in clear. Level 4 and above: by session after a fresh second"
            " factor, by token with a dated grant that names token, elements and purpose.",
        )
    }

    def post(self, request: Request, ref: str) -> Response:
        said = self.said
        revealed = disclosure.reveal(
            ref,
            sorted(set(said["elements"])),
            _asking(said),
            policies=said["policies"],
            actor=self.actor,
        )
        values = [
            {
                "element": each.element,
                "slot": each.slot,
                "of": revealed.places.get(each.holding),
                "value": each.text,
            }
            for each in revealed.values
        ]
        told = {"entry": revealed.entry, "ref": ref, "purpose": said["purpose"], "values": values}
        return self.answer(told)


class CustomerPolicies(ActorView):
    tag = "policies"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="listPoliciesOfCustomer",
            query=api_shapes.ForPurpose,
            answer=api_shapes.PoliciesAnswer,
            about="Policies in which the customer has a role; what is sealed is masked, and only"
            " where the policyholder is the caller's customer too.",
        )
    }

    def get(self, request: Request, ref: str) -> Response:
        found = disclosure.policies_of(ref, _asking(self.asked), actor=self.actor)
        policies = [_policy(each) for each in found.policies]
        return self.answer({"entry": found.entry, "policies": policies})


class PolicyDetail(ActorView):
    tag = "policies"
    shapes: ClassVar[Mapping[str, Shape]] = {
        "GET": Shape(
            name="readPolicy",
            query=api_shapes.ForPurpose,
            answer=api_shapes.PolicyAnswer,
            about="One policy in which some customer of the caller has a role.",
        )
    }

    def get(self, request: Request, ref: str) -> Response:
        found = disclosure.policy(ref, _asking(self.asked), actor=self.actor)
        return self.answer({"entry": found.entry, **_policy(found.policies[0])})


def _asking(said: Mapping[str, Any]) -> Asking:
    return Asking(purpose=said["purpose"], channel=CHANNEL, reason=said.get("reason", ""))


def _text(masked: object) -> str | None:
    return None if masked is None else str(masked)


def _row(row: listing.Row) -> dict[str, Any]:
    return {
        "ref": row.ref,
        "kind": row.kind,
        "status": row.status,
        "child": row.child,
        "since": row.since,
        "name": _text(row.name),
        "phone": _text(row.phone),
        "id_number": _text(row.id_number),
        "policies": [
            {"ref": each.ref, "product": each.product, "number": _text(each.number)}
            for each in row.policies
        ],
        "more_policies": row.more_policies,
    }


def _customer(customer: Customer) -> dict[str, Any]:
    return {
        "ref": customer.ref,
        "kind": customer.kind,
        "book": customer.book.code,
        "status": customer.subject.status,
        "child": customer.is_child,
    }


def _masks(listed: Iterable[Listed]) -> list[dict[str, Any]]:
    return [
        {
            "element": each.element,
            "slot": each.slot,
            "masked": str(each.masked),
            "level": elements.get(each.element).level,
        }
        for each in listed
    ]


def _policy(held: PolicyHeld) -> dict[str, Any]:
    policy = held.policy
    return {
        "ref": policy.ref,
        "product": {"code": policy.product.code, "name": str(policy.product)},
        "status": policy.status,
        "starts_on": policy.starts_on,
        "ends_on": policy.ends_on,
        "pay_frequency": policy.pay_frequency,
        "next_due_on": policy.next_due_on,
        "roles": [{"role": role, "customer": name} for role, name in held.roles],
        "elements": _masks(held.listed),
    }


def _application(said: Mapping[str, Any]) -> Application:
    values = {f"identity.{name}": said[name] for name in api_shapes.IDENTITY if name in said}
    if "income" in said:
        values["financial.income"] = said["income"]
    accounts = [
        {f"financial.{name}": text for name, text in each.items()}
        for each in said.get("accounts", ())
    ]
    return Application(
        kind=said["kind"],
        values=values,
        accounts=accounts,
        intermediary=said.get("intermediary", ""),
    )


def _field(target: str | None) -> str:
    if target is None:
        return ""
    return "intermediary" if target == "intermediary.code" else target.partition(".")[2]


def _errors(flaws: Iterable[Flaw]) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    for flaw in flaws:
        name = _field(flaw.target) or "customer"
        errors.setdefault(name, []).append(str(flaw.problem.message))
    return errors


def _warning(flaw: Flaw) -> dict[str, Any]:
    field = _field(flaw.target) or None
    return {"code": flaw.problem.code, "field": field, "message": str(flaw.problem.message)}
