"""One customer as a page shows him: every element masked, with its level, origin and whether it opens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from access import choices, gate
from access.actions import Action
from access.actors import Actor
from access.gate import Permit
from access.models import Assignment, Subject
from access.policy import STEP_UP, Decision
from access.vocabulary import Reach
from custodian import elements
from custodian.elements import Element, Masked
from records import purposes, standings, vault, words
from records.holdings_of import ClaimFacts, PolicyFacts, claims_of, policies_of
from records.models import Customer
from records.standings import Standing
from records.vault import Listed, Plain

PERSON = tuple(
    f"identity.{name}"
    for name in "name mobile id_type id_number id_valid_until sex birth_date nationality occupation"
    " address workplace landline email".split()
)
ORGANISATION = tuple(
    f"identity.{name}"
    for name in "name legal_representative id_type id_number id_valid_until mobile landline email"
    " address".split()
)
FINANCIAL = ("financial.income", "financial.bank_name", "financial.bank_account")
POLICY = tuple(
    f"policy.{name}"
    for name in "number sum_insured premium beneficiaries health_declaration query_password".split()
)
CLAIM = tuple(f"claim.{name}" for name in "number amount description diagnosis".split())


@dataclass
class Item:
    """One value of one element, as it stands on the page now."""

    element: Element
    slot: int = 0
    masked: Masked | None = None
    text: str | None = None  # in clear, only in the answer to a reveal
    source: str = ""
    since: str = ""
    sensitive: bool = False
    status: str = Subject.Status.ACTIVE.value  # of its holding
    gone: datetime | None = None  # when its holding was destroyed
    decision: Decision = field(
        default_factory=lambda: Decision(allowed=False, because=("no-rule",))
    )

    @property
    def label(self) -> Any:
        if self.slot > 1:
            return _("%(label)s（%(slot)s）") % {"label": self.element.label, "slot": self.slot}
        return self.element.label

    @property
    def state(self) -> str:
        """One of the states of the mask component."""
        if self.status == Subject.Status.DESTROYED:
            return "destroyed"
        if self.element.never_shown and self.masked is not None:
            return "never_shown"
        if self.masked is None:
            return "not_collected"
        if self.hides and self.status == Subject.Status.RESTRICTED:
            return "restricted"
        return "revealable" if self.opens else "masked"

    @property
    def hides(self) -> bool:
        return self.masked is not None and self.masked.hidden > 0

    @property
    def opens(self) -> bool:
        """Whether it can be revealed for the purpose of this visit."""
        active = self.status == Subject.Status.ACTIVE
        return self.hides and active and purposes.attainable(self.decision)

    @property
    def steps_up(self) -> bool:
        return STEP_UP in self.decision.obligations


@dataclass
class PolicyPart:
    facts: PolicyFacts
    items: dict[str, Item] = field(default_factory=dict)  # by name; empty: the policy is another's
    standing: Standing | None = None  # None: it is in use

    @property
    def opens(self) -> bool:
        return any(item.opens for item in self.items.values())


@dataclass
class ClaimPart:
    facts: ClaimFacts
    items: dict[str, Item] = field(default_factory=dict)
    standing: Standing | None = None

    @property
    def opens(self) -> bool:
        return any(item.opens for item in self.items.values())


@dataclass
class Overview:
    ref: str
    uid: UUID
    kind: str
    kind_label: Any
    status: str
    child: bool
    minor_until: date | None
    nearness: Reach
    since: datetime | None  # since when she is the person's own
    lent_until: datetime | None
    purpose: str
    entry: int
    name: Masked | None
    identity: list[Item]
    financial: list[Item]
    policies: list[PolicyPart]
    claims: list[ClaimPart]
    standings: Mapping[UUID, Standing] = field(default_factory=dict)

    @property
    def collected(self) -> int:
        return sum(item.masked is not None for item in self.identity)

    @property
    def destroyed(self) -> bool:
        return self.status == Subject.Status.DESTROYED


def find(ref: str, *, actor: Actor) -> Any | None:
    """The customer if the actor reaches her, with origins and nearness but nothing sealed."""
    own = Assignment.objects.current().filter(
        user_id=actor.id or 0, subject_id=OuterRef("subject_id")
    )
    return (
        Customer.objects.visible_to(actor)
        .filter(ref=ref)
        .annotate(
            status=F("subject__status"),
            uid=F("subject__uid"),
            unit=F("subject__unit_id"),
            unit_name=F("subject__unit__name"),
            identity_holding=F("subject__identity__holding"),
            identity_origins=F("subject__identity__origins"),
            finances_holding=F("subject__finances__holding"),
            finances_origins=F("subject__finances__origins"),
            since=Subquery(own.filter(purpose="").order_by("since").values("since")[:1]),
            lent_until=Subquery(own.exclude(purpose="").order_by("-until").values("until")[:1]),
        )
        .first()
    )


def nearness(customer: Any, *, actor: Actor) -> Reach:
    if customer.since is not None or customer.pk in actor.subjects:
        return Reach.OWN
    if customer.unit in actor.unit_ids:
        return Reach.UNIT
    return Reach.CASE if customer.lent_until and actor.reach is not Reach.ALL else Reach.ALL


def show(
    customer: Any, *, purpose: str, channel: str, actor: Actor, plain: Sequence[Plain] = ()
) -> Overview:
    """Log one view of the customer, then mask everything; values of `plain` stand in clear."""
    near = nearness(customer, actor=actor)
    policies = policies_of(customer.pk, actor=actor)
    claims = claims_of(customer.pk, policies, actor=actor)
    codes = _codes(customer, policies, claims)
    permit = _permit(customer, codes, purpose=purpose, channel=channel, near=near, actor=actor)
    standing = standings.of(customer.pk)
    decisions = _decisions(codes, purpose=purpose, channel=channel, nearness=near, actor=actor)
    page = _Page(
        customer,
        standing,
        decisions | _not_agreed(permit, codes),
        vault.listed(permit, marking=True) if permit.subjects else [],
        plain,
    )
    money = page.of_money()
    identity = page.of_holding(customer.identity_holding, identity_codes(customer))
    return Overview(
        ref=customer.ref,
        uid=customer.uid,
        kind=customer.kind,
        kind_label=customer.get_kind_display(),
        status=customer.status,
        child=customer.is_child,
        minor_until=customer.minor_until,
        nearness=near,
        since=customer.since,
        lent_until=customer.lent_until if near is Reach.CASE else None,
        purpose=purpose,
        entry=permit.entry,
        name=identity[0].masked,
        identity=identity,
        financial=money,
        policies=[_policy_part(page, each, customer) for each in policies],
        claims=[
            ClaimPart(
                each,
                page.named(each.holding, CLAIM, each.origins),
                standing.get(each.holding),
            )
            for each in claims
        ],
        standings=standing,
    )


def _permit(
    customer: Any, codes: list[str], *, purpose: str, channel: str, near: Reach, actor: Actor
) -> Permit:
    """Leave for the masks. Of a destroyed customer nothing is left to show, but the look is logged."""
    living = customer.status != Subject.Status.DESTROYED
    listable = purposes.listable(actor, codes, purpose=purpose, channel=channel, nearness=near)
    return gate.permit(
        actor,
        Action.CUSTOMER_VIEW,
        purpose=purpose,
        channel=channel,
        subjects=[customer.pk] if living else [],
        elements=listable if living else [],
        masked=True,
        facts=None if living else {"destroyed": customer.ref},
    )


def _policy_part(page: _Page, facts: PolicyFacts, customer: Any) -> PolicyPart:
    if facts.holder != customer.pk:
        return PolicyPart(facts)
    items = page.named(facts.holding, POLICY, facts.origins)
    if facts.has_password:
        items["query_password"].masked = Masked(())
    return PolicyPart(facts, items, page.standing.get(facts.holding))


def identity_codes(customer: Any) -> tuple[str, ...]:
    return PERSON if customer.kind == Customer.Kind.PERSON else ORGANISATION


def _codes(
    customer: Any, policies: Iterable[PolicyFacts], claims: Sequence[ClaimFacts]
) -> list[str]:
    codes = [*identity_codes(customer), *FINANCIAL]
    if any(each.holder == customer.pk for each in policies):
        codes += POLICY
    return codes + list(CLAIM if claims else ())


def _decisions(
    codes: Iterable[str], *, purpose: str, channel: str, nearness: Reach, actor: Actor
) -> dict[str, Decision]:
    return {
        code: gate.foresee(actor, code=code, purpose=purpose, channel=channel, nearness=nearness)
        for code in codes
    }


def _not_agreed(permit: Permit, codes: Iterable[str]) -> dict[str, Decision]:
    """What stays shut for this purpose, because the customer has not agreed or does no longer."""
    said = [each.chosen for each in permit.subjects.values()]
    found = {code: choices.against(permit.purpose, (code,), said) for code in codes}
    return {code: Decision(allowed=False, because=(why,)) for code, why in found.items() if why}


class _Page:
    """Puts masks, plaintext, origins and decisions together, element by element."""

    def __init__(
        self,
        customer: Any,
        standing: Mapping[UUID, Standing],
        decisions: dict[str, Decision],
        listed: Iterable[Listed],
        plain: Iterable[Plain],
    ) -> None:
        self.customer = customer
        self.standing = standing
        self.decisions = decisions
        self.masks = {(each.holding, each.element, each.slot): each.masked for each in listed}
        self.clear = {(each.holding, each.element, each.slot): each.text for each in plain}

    def of_holding(
        self, holding: UUID, codes: Iterable[str], origins: dict[str, Any] | None = None
    ) -> list[Item]:
        known = self.customer.identity_origins if origins is None else origins
        return [self._item(holding, code, 0, known) for code in codes]

    def named(
        self, holding: UUID, codes: Iterable[str], origins: dict[str, Any]
    ) -> dict[str, Item]:
        items = self.of_holding(holding, codes, origins)
        return {item.element.code.partition(".")[2]: item for item in items}

    def of_money(self) -> list[Item]:
        holding, origins = self.customer.finances_holding, self.customer.finances_origins or {}
        slots = sorted({slot for place, _code, slot in self.masks if place == holding and slot})
        items = [self._item(holding, FINANCIAL[0], 0, origins)]
        for slot in slots or [1]:
            items += [self._item(holding, code, slot, origins) for code in FINANCIAL[1:]]
        return items

    def _item(self, holding: UUID, code: str, slot: int, origins: dict[str, Any]) -> Item:
        element = elements.get(code)
        masked = self.masks.get((holding, code, slot))
        text = self.clear.get((holding, code, slot))
        source, since = (*origins.get(code, ("", "")), "", "")[:2]
        standing = self.standing.get(holding)
        return Item(
            element=element,
            slot=slot,
            masked=words.masked_in_words(code, masked) if masked else None,
            text=words.in_words(code, text) if text is not None else None,
            source=words.origin(source) if masked else "",
            since=since if masked else "",
            sensitive=element.sensitive or self.customer.is_child,
            status=standing.status if standing else self.customer.status,
            gone=standing.since if standing and standing.destroyed else None,
            decision=self.decisions.get(code, Decision(allowed=False, because=("no-rule",))),
        )


def uncovered(items: Iterable[Item]) -> dict[str, list[Item]]:
    """Hidden items that this purpose does not open, by the reason that stands in the way."""
    found: dict[str, list[Item]] = {}
    for item in items:
        if item.hides and not item.opens and item.status == Subject.Status.ACTIVE:
            found.setdefault(item.decision.because[0], []).append(item)
    return found
