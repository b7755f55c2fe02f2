"""What the tests of claims look at: a customer with a contract, handlers, officers, and days that pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from access import approvals
from access.models import Unit, User
from access.vocabulary import Role
from custodian import clock
from records import policies
from records.claim_handling import deciding, examining, filing, paying
from records.claim_handling.deciding import Proposal
from records.claim_handling.filing import Report
from records.claim_handling.paying import Payment
from records.models import Claim, ClaimClock, ClaimDecision, ClaimStep, Customer, Policy
from tests import estate
from tests.records import desk_estate

MORNING = datetime(2026, 11, 2, 1, 30, tzinfo=UTC)  # 09:30 at the office, a Monday
STORY = "下楼时踩空，左腕着地"
REASONS = "属于意外医疗责任，按约定给付"


def contract(holder: Customer) -> Policy:
    """A policy registered as in the house, so that the log knows it; the holder is the insured."""
    with estate.scopes.acting(estate.system()) as actor:
        (found,) = policies.register(
            [
                policies.NewPolicy(
                    source_key=holder.ref, holder=holder.pk, product_id=desk_estate.product().pk,
                    values={"policy.number": "P20190418000418"}, starts_on=date(2019, 6, 12),
                    roles=[(holder.pk, "policyholder", ""), (holder.pk, "insured", "")],
                )
            ],
            book=holder.book, channel="desk", actor=actor,
        )  # fmt: skip
        return Policy.objects.select_related("product", "book").get(pk=found.pk)


@dataclass
class House:
    unit: Unit = field(default_factory=lambda: estate.unit("XZ"))
    now: datetime = MORNING
    agent: User = field(init=False)
    handler: User = field(init=False)
    second: User = field(init=False)
    officer: User = field(init=False)
    customer: Customer = field(init=False)
    policy: Policy = field(init=False)

    def __post_init__(self) -> None:
        desk_estate.open_all_day()
        self.agent = estate.user(Role.AGENT, unit_=self.unit)
        self.handler = estate.user(Role.CLAIMS_HANDLER, unit_=self.unit, name="赵敏")
        self.second = estate.user(Role.CLAIMS_HANDLER, unit_=self.unit, name="顾诚")
        self.officer = estate.user(Role.COMPLIANCE_OFFICER, unit_=self.unit, name="陈静")
        for each in (self.second, self.officer):
            User.objects.filter(pk=each.pk).update(role_since=MORNING - timedelta(days=30))
        self.customer = estate.customer(of=[self.agent], unit_=self.unit)
        self.policy = contract(self.customer)

    @contextmanager
    def on(self, days: float = 0) -> Iterator[datetime]:
        """So many days after the morning."""
        moment = self.now + timedelta(days=days)
        with clock.at(moment):
            yield moment

    def file(self, *, by: User | None = None, **more: Any) -> Claim:
        with estate.acting(by or self.agent) as actor:
            return filing.file(self.customer.pk, self.report(**more), channel="desk", actor=actor)

    def report(self, **more: Any) -> Report:
        said = {
            "policy": self.policy,
            "kind": "accident",
            "occurred_on": date(2026, 10, 30),
            "channel": "branch",
            "values": {"claim.description": STORY, "claim.diagnosis": "桡骨骨折"},
        }
        return Report(**{**said, **more})

    def taken(self, **more: Any) -> Claim:
        claim = self.file(**more)
        self.do(examining.take, claim)
        return self.again(claim)

    def do(self, deed: Any, *things: Any, by: User | None = None, **more: Any) -> Any:
        with estate.acting(by or self.handler, stepped_up=True) as actor:
            return deed(*things, channel="desk", actor=actor, **more)

    def propose(
        self, claim: Claim, kind: str = "approve", amount: str | None = "3200.00", **more: Any
    ) -> ClaimDecision:
        proposal = Proposal(
            kind=kind, amount=Decimal(amount) if amount else None, reasons=REASONS, **more
        )
        return self.do(deciding.propose, claim, proposal)

    def reject(self, claim: Claim) -> ClaimDecision:
        return self.propose(claim, "reject", None, ground="excluded")

    def approve(self, decision: ClaimDecision, *, by: User | None = None) -> None:
        with estate.scopes.acting(estate.system()):
            decision = ClaimDecision.objects.select_related("approval__rule").get(pk=decision.pk)
        with estate.acting(by or self.second, stepped_up=True) as actor:
            approvals.approve(decision.approval, seen=decision.approval.digest, actor=actor)

    def pay(
        self, claim: Claim, *, on: date | None = None, by: User | None = None, **more: Any
    ) -> Any:
        said = {
            "payee": claim.subject_id, "account_slot": 1, "reference": "FT20261110-0042",
            "paid_on": on or clock.local().date(),
        }  # fmt: skip
        with estate.acting(by or self.handler, stepped_up=True) as actor:
            owed = paying.due(claim, channel="desk", actor=actor)
            return paying.pay(owed, Payment(**{**said, **more}), channel="desk", actor=actor)

    def again(self, claim: Claim) -> Claim:
        with estate.scopes.acting(estate.system()):
            return Claim.objects.select_related("policy__product").get(pk=claim.pk)

    def steps(self, claim: Claim) -> list[str]:
        with estate.scopes.acting(estate.system()):
            rows = ClaimStep.objects.filter(claim=claim).order_by("pk")
            return list(rows.values_list("code", flat=True))

    def clocks(self, claim: Claim) -> dict[str, ClaimClock]:
        with estate.scopes.acting(estate.system()):
            return {each.rule: each for each in ClaimClock.objects.filter(claim=claim)}
