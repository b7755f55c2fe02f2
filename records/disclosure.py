"""What one look discloses of one customer: masks of what is held, or chosen elements in clear."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any, NoReturn
from uuid import UUID

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import Subject
from records import lookup, purposes, references, vault
from records.models import Claim, Customer, Policy, PolicyRole
from records.overview import FINANCIAL, ORGANISATION, PERSON, POLICY
from records.vault import Listed, Plain

SHOWN = 100


@dataclass(frozen=True, kw_only=True)
class Asking:
    """How a look is made; every entry of the log names the purpose and the channel."""

    purpose: str
    channel: str
    reason: str = ""


@dataclass(frozen=True)
class Held:
    """One customer and the masks of identity and money."""

    customer: Customer
    entry: int
    listed: list[Listed]


@dataclass(frozen=True)
class PolicyHeld:
    """One policy; `refs` names those with a role who are within the actor's scope."""

    policy: Policy
    roles: list[tuple[str, str | None]]
    listed: list[Listed] = field(default_factory=list)


@dataclass(frozen=True)
class Policies:
    entry: int
    policies: list[PolicyHeld]


@dataclass(frozen=True)
class Revealed:
    """Values in clear, and which policy or claim each holding is."""

    entry: int
    values: list[Plain]
    places: dict[UUID, str]


def customer(ref: str, asking: Asking, *, actor: Actor) -> Held:
    """The customer's identity and money, masked."""
    found = _customer(ref, Action.CUSTOMER_VIEW, asking, actor=actor)
    living = _living(found)
    codes = PERSON if found.kind == Customer.Kind.PERSON else ORGANISATION
    permit = gate.permit(
        actor,
        Action.CUSTOMER_VIEW,
        purpose=asking.purpose,
        channel=asking.channel,
        subjects=[found.pk] if living else [],
        elements=_listable((*codes, *FINANCIAL), asking, actor=actor) if living else [],
        masked=True,
        facts=None if living else {"destroyed": found.ref},
    )
    return Held(found, permit.entry, vault.listed(permit) if living else [])


def policies_of(ref: str, asking: Asking, *, actor: Actor) -> Policies:
    """Every policy in which the customer has a role, newest first."""
    found = _customer(ref, Action.CUSTOMER_VIEW, asking, actor=actor)
    named = Policy.objects.visible_to(actor).filter(roles__subject=found.pk)
    policies = list(named.distinct().select_related("product").order_by("-pk")[:SHOWN])
    return _masked(policies, asking, also=found, actor=actor)


def policy(ref: str, asking: Asking, *, actor: Actor) -> Policies:
    """One policy in which some customer within the actor's scope has a role."""
    found = None
    if references.read(ref, kind="p") == ref:
        visible = Policy.objects.visible_to(actor).filter(ref=ref)
        found = visible.select_related("product").first()
    if found is None:
        _unknown(ref, Action.CUSTOMER_VIEW, asking, actor=actor)
    return _masked([found], asking, also=None, actor=actor)


def reveal(
    ref: str,
    elements: Sequence[str],
    asking: Asking,
    *,
    policies: Collection[str] = (),
    actor: Actor,
) -> Revealed:
    """Chosen elements in clear; with `policies` those of the named policies, all of them or none."""
    found = _customer(ref, Action.CUSTOMER_REVEAL, asking, actor=actor)
    own = Policy.objects.visible_to(actor).filter(subject=found.pk)
    holdings = dict(own.filter(ref__in=policies).values_list("ref", "holding"))
    for each in policies:
        if each not in holdings:
            _unknown(each, Action.CUSTOMER_REVEAL, asking, actor=actor)
    permit = gate.permit(
        actor,
        Action.CUSTOMER_REVEAL,
        purpose=asking.purpose,
        channel=asking.channel,
        subjects=[found.pk],
        elements=elements,
        holdings=list(holdings.values()),
        reason=asking.reason,
    )
    values = vault.reveal(permit)
    return Revealed(permit.entry, values, _places(found, elements, actor=actor))


def _customer(ref: str, action: Action, asking: Asking, *, actor: Actor) -> Customer:
    found = lookup.customer(ref, actor=actor)
    if found is None:
        _unknown(ref, action, asking, actor=actor)
    return found


def _unknown(ref: str, action: Action, asking: Asking, *, actor: Actor) -> NoReturn:
    gate.refuse_unknown(
        actor, action, asked=ref[:40], purpose=asking.purpose, channel=asking.channel
    )


def _living(customer: Customer) -> bool:
    return customer.subject.status != Subject.Status.DESTROYED


def _listable(codes: Sequence[str], asking: Asking, *, actor: Actor) -> list[str]:
    return purposes.listable(
        actor, codes, purpose=asking.purpose, channel=asking.channel, nearness=actor.reach
    )


def _masked(
    policies: Sequence[Any], asking: Asking, *, also: Customer | None, actor: Actor
) -> Policies:
    """What is sealed in a policy is the policyholder's: it is masked only where she is in scope."""
    roles = _roles(policies, actor=actor)
    people = {pk: name for each in roles.values() for _role, pk, name in each if name}
    holders = {each.subject_id for each in policies} & set(people)
    subjects = holders or ({also.pk} if also else set(people))
    permit = gate.permit(
        actor,
        Action.CUSTOMER_VIEW,
        purpose=asking.purpose,
        channel=asking.channel,
        subjects=sorted(subjects | ({also.pk} if also and _living(also) else set())),
        elements=_listable(POLICY, asking, actor=actor) if holders else [],
        holdings=[each.holding for each in policies if each.subject_id in holders],
        masked=True,
    )
    listed = vault.listed(permit)
    return Policies(
        permit.entry,
        [
            PolicyHeld(
                each,
                [(role, name) for role, _pk, name in roles[each.pk]],
                [one for one in listed if one.holding == each.holding],
            )
            for each in policies
        ],
    )


def _roles(
    policies: Sequence[Any], *, actor: Actor
) -> dict[int, list[tuple[str, int, str | None]]]:
    """Who is who: role, subject and, within the actor's scope and while she lives, the reference."""
    keys = [each.pk for each in policies]
    visible = PolicyRole.objects.visible_to(actor).filter(policy__in=keys)
    found: dict[int, list[tuple[str, int, str | None]]] = {key: [] for key in keys}
    rows = visible.exclude(subject__status=Subject.Status.DESTROYED).order_by("policy_id", "role")
    for key, role, subject, ref in rows.values_list(
        "policy_id", "role", "subject_id", "subject__customer__ref"
    ):
        found[key].append((role, subject, ref))
    return found


def _places(customer: Customer, elements: Sequence[str], *, actor: Actor) -> dict[UUID, str]:
    kinds = {code.partition(".")[0] for code in elements}
    places: dict[UUID, str] = {}
    if "policy" in kinds:
        own = Policy.objects.visible_to(actor).filter(subject=customer.pk)
        places |= dict(own.values_list("holding", "ref"))
    if "claim" in kinds:
        claims = Claim.objects.visible_to(actor).filter(subject=customer.pk)
        places |= dict(claims.values_list("holding", "ref"))
    return places
