"""A customer's policies and claims as far as they are clear: product, dates, status, who is who."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from access.actors import Actor
from records.listing import product_name
from records.models import Claim, Policy, PolicyRole
from records.ports import Gone, answering

SHOWN = 100
LIVING = frozenset({Policy.Status.IN_FORCE.value, Policy.Status.SUSPENDED.value})


@dataclass
class PolicyFacts:
    """`holder` is the policyholder's key; what is sealed in a policy is hers and nobody else's."""

    id: int
    ref: str
    holding: UUID
    holder: int
    product: str
    status: str
    frequency: Any
    starts_on: date | None
    ends_on: date | None
    next_due_on: date | None
    origins: dict[str, Any]
    has_password: bool
    roles: list[Any] = field(default_factory=list)
    gone: Gone | None = None  # it lives on with another insurer

    @property
    def status_label(self) -> Any:
        return self.gone.label if self.gone else Policy.Status(self.status).label

    @property
    def tone(self) -> str:
        return "" if self.gone else {"in_force": "ok", "suspended": "warn"}.get(self.status, "")

    def goes(self, gone: Gone) -> None:
        """What had ended before stays ended; nothing is paid here any more."""
        if self.status in LIVING:
            self.gone, self.next_due_on = gone, None


@dataclass
class ClaimFacts:
    ref: str
    holding: UUID
    kind: Any
    status: Any
    reported_on: date | None
    decided_on: date | None
    policy_ref: str
    origins: dict[str, Any]


def policies_of(subject: int, *, actor: Actor) -> list[PolicyFacts]:
    """Every policy in which the customer has a role, newest first."""
    roles = PolicyRole.objects.visible_to(actor).filter(subject_id=subject)
    rows = roles.order_by("-policy_id", "-role").values(
        "role",
        "policy_id",
        ref=F("policy__ref"),
        holding=F("policy__holding"),
        holder=F("policy__subject_id"),
        product=F("policy__product__name"),
        product_en=F("policy__product__name_en"),
        status=F("policy__status"),
        frequency=F("policy__pay_frequency"),
        starts_on=F("policy__starts_on"),
        ends_on=F("policy__ends_on"),
        next_due_on=F("policy__next_due_on"),
        origins=F("policy__origins"),
        has_password=Q(policy__query_password_sealed__isnull=False),
    )
    found: dict[int, PolicyFacts] = {}
    for row in rows[:SHOWN]:
        facts = found.setdefault(row["policy_id"], _facts(row))
        facts.roles.append(PolicyRole.Role(row["role"]).label)
    if (gone := answering().gone([subject]).get(subject)) is not None:
        for facts in found.values():
            facts.goes(gone)
    return list(found.values())


def _facts(row: dict[str, Any]) -> PolicyFacts:
    frequency = row["frequency"]
    return PolicyFacts(
        id=row["policy_id"],
        ref=row["ref"],
        holding=row["holding"],
        holder=row["holder"],
        product=product_name(row),
        status=row["status"],
        frequency=Policy.Frequency(frequency).label if frequency else "",
        starts_on=row["starts_on"],
        ends_on=row["ends_on"],
        next_due_on=row["next_due_on"],
        origins=row["origins"] or {},
        has_password=row["has_password"],
    )


def claims_of(subject: int, policies: Iterable[PolicyFacts], *, actor: Actor) -> list[ClaimFacts]:
    refs = {each.id: each.ref for each in policies}
    claims = Claim.objects.visible_to(actor).filter(subject_id=subject).order_by("-pk")
    columns = (
        "ref",
        "holding",
        "kind",
        "status",
        "reported_on",
        "decided_on",
        "policy_id",
        "origins",
    )
    return [
        ClaimFacts(
            ref=row["ref"],
            holding=row["holding"],
            kind=Claim.Kind(row["kind"]).label,
            status=Claim.Status(row["status"]).label,
            reported_on=row["reported_on"],
            decided_on=row["decided_on"],
            policy_ref=refs.get(row["policy_id"], ""),
            origins=row["origins"] or {},
        )
        for row in claims.values(*columns)[:SHOWN]
    ]
