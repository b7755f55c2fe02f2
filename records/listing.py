"""A masked list of customers: one permit, one entry and a fixed number of statements for all rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import get_language

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import Assignment, Subject
from access.vocabulary import Channel
from custodian.elements import Masked
from records import purposes, vault
from records.catalogue import ID_NUMBER, LANDLINE, MOBILE, NAME, POLICY_NUMBER
from records.models import Customer, Policy, PolicyRole
from records.ports import Gone, answering

ELEMENTS = tuple(each.code for each in (NAME, MOBILE, LANDLINE, ID_NUMBER, POLICY_NUMBER))
POLICIES_SHOWN = 2


@dataclass
class PolicyLine:
    """A policy as a row names it: by its masked number if the row is its holder, else by reference."""

    ref: str
    product: str
    status: Any
    number: Masked | None = None


@dataclass
class Row:
    ref: str
    kind: str
    since: datetime | None
    child: bool
    status: str
    name: Masked | None = None
    phone: Masked | None = None
    id_number: Masked | None = None
    policies: list[PolicyLine] = field(default_factory=list)
    more_policies: int = 0
    roles: list[Any] = field(default_factory=list)

    @property
    def destroyed(self) -> bool:
        return self.status == Subject.Status.DESTROYED


@dataclass(frozen=True)
class Listing:
    entry: int
    rows: list[Row]


def rows_of(actor: Actor) -> QuerySet[Any]:
    """Visible customers with what a row needs, and since when each is the actor's own."""
    own = Assignment.objects.current().filter(
        user_id=actor.id or 0, subject_id=OuterRef("subject_id")
    )
    customers: QuerySet[Any] = Customer.objects.visible_to(actor)
    found: QuerySet[Any] = customers.annotate(
        status=F("subject__status"), since=Subquery(own.order_by("since").values("since")[:1])
    )
    return found


def show(
    customers: Sequence[Any],
    *,
    action: Action,
    purpose: str,
    channel: str,
    actor: Actor,
    query: str | None = None,
) -> Listing:
    """Log the list, then mask it. An empty list takes the same steps as a full one."""
    living = [each.pk for each in customers if each.status != Subject.Status.DESTROYED]
    codes = purposes.listable(
        actor, ELEMENTS, purpose=purpose, channel=channel, nearness=actor.reach
    )
    permit = gate.permit(
        actor,
        action,
        purpose=purpose,
        channel=channel,
        subjects=living,
        elements=codes,
        masked=True,
        query=query,
    )
    rows = {each.pk: _row(each) for each in customers}
    numbers: dict[UUID, Masked] = {}
    for listed in vault.listed(permit, marking=channel != Channel.API):
        if listed.element == POLICY_NUMBER.code:
            numbers[listed.holding] = listed.masked
        else:
            _place(rows[listed.subject], listed.element, listed.masked)
    _add_policies(rows, living, numbers, actor)
    return Listing(permit.entry, list(rows.values()))


def _row(customer: Any) -> Row:
    return Row(customer.ref, customer.kind, customer.since, customer.is_child, customer.status)


def _place(row: Row, code: str, masked: Masked) -> None:
    if code == NAME.code:
        row.name = masked
    elif code == ID_NUMBER.code:
        row.id_number = masked
    elif code == MOBILE.code or row.phone is None:
        row.phone = masked


_POLICY = {
    "ref": F("policy__ref"),
    "holding": F("policy__holding"),
    "status": F("policy__status"),
    "product": F("policy__product__name"),
    "product_en": F("policy__product__name_en"),
}


def _add_policies(
    rows: dict[int, Row], living: Iterable[int], numbers: dict[UUID, Masked], actor: Actor
) -> None:
    roles = PolicyRole.objects.visible_to(actor).filter(subject_id__in=list(living))
    found: dict[tuple[int, str], PolicyLine] = {}
    gone = answering().gone(rows)
    for each in roles.order_by("policy_id", "-role").values("subject_id", "role", **_POLICY):
        row = rows[each["subject_id"]]
        name = PolicyRole.Role(each["role"]).label
        if name not in row.roles:
            row.roles.append(name)
        found[each["subject_id"], each["ref"]] = PolicyLine(
            each["ref"], product_name(each), _status(each["status"], gone.get(each["subject_id"]))
        )
        found[each["subject_id"], each["ref"]].number = numbers.get(each["holding"])
    for (subject, _ref), line in found.items():
        if len(rows[subject].policies) < POLICIES_SHOWN:
            rows[subject].policies.append(line)
        else:
            rows[subject].more_policies += 1


def _status(status: str, gone: Gone | None) -> Any:
    lives = status != Policy.Status.TERMINATED
    return gone.label if gone and lives else Policy.Status(status).label


def product_name(row: dict[str, Any]) -> str:
    english = get_language() == "en" and row["product_en"]
    return str(row["product_en"] if english else row["product"])
