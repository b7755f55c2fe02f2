"""What is known of the holdings of some customers: what still needs them, and since when nothing does.

A page of customers costs a handful of statements, whatever they hold.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import F, Q

from access.models import Subject
from custodian import clock
from custodian.regimes.packs import Trigger
from custodian.regimes.periods import Period
from records.models import (
    Claim,
    ClaimPaper,
    Customer,
    Document,
    Finances,
    Identity,
    Policy,
    PolicyRole,
    RetentionEvent,
    Tombstone,
)
from records.retention import correction_facts, request_facts
from records.retention.correction_facts import Amendment
from records.retention.deciding import Event, Facts, Use
from records.retention.request_facts import Asked

YEAR = Period(months=12)
_OPEN_CLAIM = frozenset(
    {
        *(Claim.Status.REPORTED, Claim.Status.EXAMINING),
        *(Claim.Status.WAITING, Claim.Status.APPROVED),
    }
)
_LIVING = frozenset({Policy.Status.IN_FORCE, Policy.Status.SUSPENDED})


@dataclass(frozen=True)
class Held:
    """One holding of a customer with what is known of it."""

    holding: UUID
    subject: int
    facts: Facts


@dataclass
class _Contract:
    """A policy, as far as time is concerned."""

    ref: str
    holding: UUID
    owner: int
    living: bool
    ended_on: date | None  # None while it lives, or if nobody knows
    term: str


@dataclass
class _Case:
    """A claim, likewise."""

    key: int
    ref: str
    holding: UUID
    owner: int
    policy: int
    open: bool
    closed_on: date | None
    paid: bool


@dataclass
class _World:
    """Everything about one page of customers."""

    today: date
    prospect: Period
    gone: set[UUID] = field(default_factory=set)
    registered: dict[int, date] = field(default_factory=dict)
    contracts: dict[int, _Contract] = field(default_factory=dict)
    roles: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    cases: list[_Case] = field(default_factory=list)
    single: list[tuple[str, UUID, int]] = field(default_factory=list)
    asked: Mapping[int, list[Asked]] = field(default_factory=dict)
    papers: dict[int, list[UUID]] = field(default_factory=lambda: defaultdict(list))
    amendments: list[Amendment] = field(default_factory=list)
    wanted: Mapping[int, tuple[Use, ...]] = field(default_factory=dict)
    noted: dict[tuple[int, UUID | None, str], date] = field(default_factory=dict)

    def said(self, subject: int, holding: UUID | None, trigger: Trigger) -> date | None:
        return self.noted.get((subject, holding, trigger.value))


def gather(subjects: Sequence[int], *, prospect: Period, today: date) -> Iterator[Held]:
    """Every holding of these customers that is not destroyed.

    A customer without any contract is in use for the period `prospect` after the last contact.
    """
    world = _read(subjects, prospect, today)
    for subject in sorted(world.registered):
        for held in _of_customer(world, subject):
            if held.holding not in world.gone:
                yield held


def _of_customer(world: _World, subject: int) -> Iterator[Held]:
    contracts = [world.contracts[key] for key in sorted(world.roles[subject])]
    cases = [each for each in world.cases if each.owner == subject or _pays(world, each, subject)]
    asked = world.asked.get(subject, ())
    handed = world.said(subject, None, Trigger.HANDED_OVER)
    for holding, facts in _by_contracts(world, subject, contracts, cases):
        over = handed is not None and handed <= world.today
        known = _handed_over(facts, handed) if handed and over else facts
        yield Held(holding, subject, request_facts.while_needed(known, asked))
    for each in asked:
        yield Held(each.holding, subject, request_facts.facts(each))


def _by_contracts(
    world: _World, subject: int, contracts: list[_Contract], cases: list[_Case]
) -> Iterator[tuple[UUID, Facts]]:
    whole = _Whole(world, subject, contracts, cases)
    papers = {each for case in cases for each in world.papers[case.key]}
    for kind, holding, owner in world.single:
        if owner == subject and holding not in papers:
            facts = whole.facts(kind, holding)
            yield holding, correction_facts.while_wanted(facts, world.wanted.get(subject, ()))
    for amendment in world.amendments:
        if amendment.owner == subject:
            yield amendment.holding, whole.of_amendment(amendment)
    for contract in contracts:
        if contract.owner == subject:
            own = [each for each in cases if world.contracts.get(each.policy) is contract]
            yield contract.holding, _of_policy(world, contract, own)
    for case in cases:
        if case.owner == subject:
            filed = _of_claim(world, case)
            yield case.holding, filed
            for paper in world.papers[case.key]:
                # Kept as the claim is, and goes in the same night.
                yield paper, replace(filed, kind="document", file="claim")


def _pays(world: _World, case: _Case, subject: int) -> bool:
    contract = world.contracts.get(case.policy)
    return contract is not None and contract.owner == subject


class _Whole:
    """What concerns a customer as a whole: her identity, her money, her documents."""

    def __init__(
        self, world: _World, subject: int, contracts: list[_Contract], cases: list[_Case]
    ) -> None:
        self.world, self.subject = world, subject
        self.contracts, self.cases = contracts, cases
        self.uses = tuple(
            [Use("contract", each.ref) for each in contracts if each.living]
            + [Use("claim", each.ref) for each in cases if each.open]
        )
        self.contact = world.said(subject, None, Trigger.LAST_CONTACT) or world.registered[subject]

    def facts(self, kind: str, holding: UUID) -> Facts:
        if not self.contracts and not self.cases:
            return self._prospect(kind, holding)
        events = [*self._terminated(), *self._money(kind)]
        if self.uses:
            return Facts(kind, self.uses, tuple(events))
        ended = self._ended()
        events.append(Event(Trigger.RELATIONSHIP_ENDED, ended))
        return Facts(kind, events=tuple(events), ended_on=ended)

    def of_amendment(self, amendment: Amendment) -> Facts:
        """Never longer than the customer herself: of a prospect it goes when she goes."""
        if amendment.closed_on is None:
            return Facts(amendment.kind, (amendment.use,))
        if not self.contracts and not self.cases:
            return self._prospect(amendment.kind, amendment.holding)
        closed = Event(Trigger.CLOSED, amendment.closed_on, amendment.ref)
        return Facts(amendment.kind, events=(closed,), ended_on=amendment.closed_on)

    def _prospect(self, kind: str, holding: UUID) -> Facts:
        """Only here does consent carry the data; under a contract the contract and the law do."""
        said = self.world.said
        trigger = Trigger.CONSENT_WITHDRAWN
        withdrawn = said(self.subject, holding, trigger) or said(self.subject, None, trigger)
        if withdrawn is not None:
            return Facts(kind, events=(Event(trigger, withdrawn),), ended_on=withdrawn)
        events = (Event(Trigger.LAST_CONTACT, self.contact),)
        last = self.world.prospect.after(self.contact)
        if self.world.today <= last:
            return Facts(kind, (Use("prospect"),), events)
        return Facts(kind, events=events, ended_on=last)

    def _terminated(self) -> list[Event]:
        return [
            Event(Trigger.CONTRACT_TERMINATED, each.ended_on, each.ref, each.term)
            for each in self.contracts
            if not each.living
        ]

    def _money(self, kind: str) -> list[Event]:
        """The last payment under each contract: its settlement at the end, or a claim paid later."""
        if kind != "financial":
            return []
        said = self.world.said(self.subject, None, Trigger.TRANSACTION)
        if said is not None:
            return [Event(Trigger.TRANSACTION, said)]
        paid = [
            Event(Trigger.TRANSACTION, each.closed_on, each.ref) for each in self.cases if each.paid
        ]
        ends = [
            Event(Trigger.TRANSACTION, each.ended_on, each.ref)
            for each in self.contracts
            if not each.living
        ]
        return ends + paid

    def _ended(self) -> date | None:
        """When the last contract or claim was over; None if one of these days is not known."""
        days = [each.ended_on for each in self.contracts]
        days += [each.closed_on for each in self.cases]
        known = [day for day in days if day is not None]
        return max(known) if len(known) == len(days) else None


def _handed_over(facts: Facts, day: date) -> Facts:
    """Another insurer answers: nothing needs it here, and what the law asks of this house counts from then.

    The contract runs on and its file is the other one's to keep.
    """
    events = [Event(Trigger.HANDED_OVER, day), Event(Trigger.RELATIONSHIP_ENDED, day)]
    if facts.kind == "financial":
        events.append(Event(Trigger.TRANSACTION, day))
    return Facts(facts.kind, events=tuple(events), ended_on=day, file=facts.file)


def _of_policy(world: _World, contract: _Contract, cases: list[_Case]) -> Facts:
    open_cases = tuple(Use("claim", each.ref) for each in cases if each.open)
    if contract.living:
        return Facts("policy", (Use("contract", contract.ref), *open_cases))
    events = (Event(Trigger.CONTRACT_TERMINATED, contract.ended_on, contract.ref, contract.term),)
    if open_cases:
        return Facts("policy", open_cases, events)
    closed = [each.closed_on for each in cases]
    days = [contract.ended_on, *closed]
    known = [day for day in days if day is not None]
    ended = max(known) if len(known) == len(days) else None
    return Facts("policy", events=events, ended_on=ended)


def _of_claim(world: _World, case: _Case) -> Facts:
    if case.open:
        return Facts("claim", (Use("claim", case.ref),))
    contract = world.contracts.get(case.policy)
    closed = Event(Trigger.CLAIM_CLOSED, case.closed_on, case.ref)
    if contract is None or contract.living:
        # The file belongs to a contract that runs, and its period has not begun.
        return Facts("claim", (Use("contract", contract.ref if contract else ""),), (closed,))
    ended = Event(Trigger.CONTRACT_TERMINATED, contract.ended_on, contract.ref, contract.term)
    days = [day for day in (case.closed_on, contract.ended_on) if day is not None]
    return Facts("claim", events=(ended, closed), ended_on=max(days) if len(days) == 2 else None)


def _read(subjects: Sequence[int], prospect: Period, today: date) -> _World:
    world = _World(today, prospect)
    asked = Subject.objects.filter(pk__in=subjects, honey=False)
    living = asked.exclude(status=Subject.Status.DESTROYED)
    customers = Customer.objects.filter(subject__in=living)
    for subject, made in customers.values_list("subject_id", "created_at"):
        world.registered[subject] = clock.local(made).date()
    _read_contracts(world)
    _read_cases(world)
    _read_single(world)
    world.asked = request_facts.of(list(world.registered))
    world.amendments = list(correction_facts.of(list(world.registered)))
    world.wanted = correction_facts.wanted(list(world.registered))
    _read_gone(world)
    return world


def _read_events(world: _World, policies: Iterable[Policy]) -> None:
    """Those of the customers, and of contracts of others in which they have a role."""
    theirs = Q(subject__in=list(world.registered))
    rows = RetentionEvent.objects.counting().filter(
        theirs | Q(holding__in=[each.holding for each in policies])
    )
    for each in rows.order_by("on", "pk"):
        world.noted[each.subject_id, each.holding, each.trigger] = each.on


def _read_contracts(world: _World) -> None:
    roles = PolicyRole.objects.filter(subject__in=list(world.registered))
    for subject, policy in roles.values_list("subject_id", "policy_id"):
        world.roles[subject].add(policy)
    keys = {key for held in world.roles.values() for key in held}
    policies = list(Policy.objects.filter(pk__in=keys))
    _read_events(world, policies)
    for each in policies:
        world.contracts[each.pk] = _contract(world, each)


def _contract(world: _World, policy: Policy) -> _Contract:
    living = policy.status in _LIVING
    said = world.said(policy.subject_id, policy.holding, Trigger.CONTRACT_TERMINATED)
    ended = said
    if ended is None and policy.ends_on is not None and policy.ends_on <= world.today:
        ended = policy.ends_on
    short = (
        policy.starts_on is not None
        and policy.ends_on is not None
        and policy.ends_on <= YEAR.after(policy.starts_on)
    )
    return _Contract(
        policy.ref,
        policy.holding,
        policy.subject_id,
        living,
        None if living else ended,
        "short" if short else "long",
    )


def _read_cases(world: _World) -> None:
    rows = Claim.objects.filter(policy__in=list(world.contracts)).values(
        "pk", "ref", "holding", "policy_id", "status", "decided_on", owner=F("subject_id")
    )
    for row in rows:
        world.cases.append(_case(row))
    filed = ClaimPaper.objects.filter(claim__in=[each.key for each in world.cases])
    for claim, holding in filed.order_by("pk").values_list("claim_id", "document__holding"):
        world.papers[claim].append(holding)


def _case(row: dict[str, Any]) -> _Case:
    return _Case(
        row["pk"],
        row["ref"],
        row["holding"],
        row["owner"],
        row["policy_id"],
        row["status"] in _OPEN_CLAIM,
        row["decided_on"],
        row["status"] == Claim.Status.PAID,
    )


def _read_single(world: _World) -> None:
    """Identity, money and documents."""
    wanted = list(world.registered)
    for kind, model in (("identity", Identity), ("financial", Finances), ("document", Document)):
        rows = model._default_manager.filter(subject__in=wanted)
        world.single += [
            (kind, holding, subject)
            for holding, subject in rows.order_by("subject_id", "pk").values_list(
                "holding", "subject_id"
            )
        ]


def _read_gone(world: _World) -> None:
    holdings = [holding for _kind, holding, _owner in world.single]
    holdings += [each.holding for each in world.amendments]
    holdings += [each.holding for each in world.contracts.values()]
    holdings += [each.holding for each in world.cases]
    holdings += [each.holding for asked in world.asked.values() for each in asked]
    found = Tombstone.objects.filter(gone__in=holdings)
    world.gone = set(found.values_list("gone", flat=True))
