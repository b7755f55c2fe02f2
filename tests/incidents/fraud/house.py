"""What the tests of fraud suspicion look at: planted claims, near misses, and the people of a case."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from access import approvals, scopes
from access.models import Approval, Assignment, User
from access.vocabulary import Role
from custodian import clock
from incidents.fraud import asking, deciding, investigating, screening, triage
from incidents.models import FraudCase, FraudSignal
from records import policies, staff_traces
from records.claim_handling import filing
from records.models import Claim, ClaimClock, ClaimStep, Customer, Policy
from tests import estate
from tests.claims.house import House as Claims
from tests.records import desk_estate

DAY = timedelta(days=1)
_number = itertools.count(1)


def account(number: str) -> dict[str, str]:
    return {"financial.bank_name": "示例银行", "financial.bank_account": number}


class House(Claims):
    """Claims as they are filed and handled, and two officers, a security officer and an auditor beside them."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.lead = self.officer
        self.mate = estate.user(Role.SECURITY_OFFICER, unit_=self.unit, name="孙强")
        self.outside = estate.user(Role.COMPLIANCE_OFFICER, unit_=self.unit, name="刘敏")
        self.auditor = estate.user(Role.AUDITOR, unit_=self.unit, name="钱进")
        for each in (self.mate, self.outside):
            User.objects.filter(pk=each.pk).update(role_since=self.now - 30 * DAY)

    # -- who claims ---------------------------------------------------------------------------

    def person(self, *, of: User | None = None, bank: str = "", **values: str) -> Customer:
        """Somebody with an ID number, mobile, name, home and account of his own, but for what is said."""
        n = next(_number)
        own = {
            "name": f"王{chr(0x4E00 + n)}{chr(0x5000 + n)}",
            "id_type": "passport", "id_number": f"E{10000000 + n}", "mobile": f"139{n:08}",
            "email": f"p{n}@example.com", "address": f"江苏省徐州市鼓楼区{chr(0x5B00 + n)}{chr(0x5C00 + n)}街{n}号",
            "birth_date": f"19{60 + n % 30}-03-0{1 + n % 9}",
        }  # fmt: skip
        codes = {f"identity.{name}": text for name, text in {**own, **values}.items()}
        return estate.customer(
            {**estate.ZHANG, **codes}, of=[of or self.agent], unit_=self.unit,
            accounts=[account(bank or f"62220200{n:08}")],
        )  # fmt: skip

    def held_by(
        self, holder: Customer, *, days: int = 2000, others: tuple[Customer, ...] = ()
    ) -> Policy:
        """A contract that began so many days ago."""
        n = next(_number)
        roles = [(holder.pk, "policyholder", ""), (holder.pk, "insured", "")]
        roles += [(each.pk, "insured", "") for each in others]
        with estate.scopes.acting(estate.system()) as actor:
            (found,) = policies.register(
                [
                    policies.NewPolicy(
                        source_key=f"B{n}", holder=holder.pk, product_id=desk_estate.product().pk,
                        values={"policy.number": f"P2019{n:08}"}, roles=roles,
                        starts_on=clock.local().date() - days * DAY,
                    )
                ],
                book=holder.book, channel="desk", actor=actor,
            )  # fmt: skip
            return Policy.objects.select_related("product", "book").get(pk=found.pk)

    def claim(
        self, who: Customer, policy: Policy | None = None, *, ago: int = 0, days: int = 2000
    ) -> Claim:
        """Filed now, of a loss so many days ago, on a contract that began `days` ago."""
        held = policy or self.held_by(who, days=days)
        occurred = clock.local().date() - ago * DAY
        report = self.report(policy=held, occurred_on=occurred)
        with estate.acting(self.second) as actor:
            return filing.file(who.pk, report, channel="desk", actor=actor)

    def works_here(self, user: User, values: Mapping[str, str]) -> None:
        codes = {f"identity.{name}": text for name, text in values.items()}
        with scopes.acting(estate.actors.system("importer")) as actor:
            staff_traces.note(user, codes, channel="command", actor=actor)

    def serve(self, user: User, who: Customer) -> None:
        with scopes.acting(estate.system()):
            Assignment.objects.get_or_create(user=user, subject_id=who.pk)

    # -- what the search finds ----------------------------------------------------------------

    def screen(self) -> int:
        return screening.carry_out()

    def signals(self, rule: str = "") -> list[FraudSignal]:
        with scopes.acting(estate.system()):
            rows = FraudSignal.objects.select_related("claim").order_by("pk")
            return list(rows.filter(rule=rule) if rule else rows)

    def found(self, rule: str) -> set[str]:
        """The claims about which the rule speaks."""
        return {each.claim.ref for each in self.signals(rule)}

    def cases(self) -> list[FraudCase]:
        with scopes.acting(estate.system()):
            return list(FraudCase.objects.order_by("pk"))

    def suspicion(self) -> tuple[FraudCase, Claim]:
        """Two who share an account and no family, one of them soon after the contract began."""
        bank = f"62170001{next(_number):08}"
        self.claim(self.person(bank=bank))
        claim = self.claim(self.person(bank=bank), days=30)
        self.screen()
        case = next(each for each in self.cases() if each.subject_id == claim.subject_id)
        return case, claim

    def taken_case(self) -> tuple[FraudCase, Claim]:
        """Taken up by the lead, with the security officer beside him."""
        case, claim = self.suspicion()
        with estate.acting(self.lead) as actor:
            triage.take_up(case, text="账号相同", actor=actor)
            investigating.let_in(case, self.mate, actor=actor)
        return self.fresh(case), claim

    def concluded(self, *measures: str) -> tuple[FraudCase, Claim]:
        case, claim = self.taken_case()
        outcome = "founded" if measures else "unfounded"
        with estate.acting(self.lead) as actor:
            approval = deciding.conclude(case, outcome, measures, text="账号相同", actor=actor)
        self.agree(approval, self.mate)
        return self.fresh(case), claim

    def agree(self, approval: Approval, by: User) -> None:
        with estate.acting(by, stepped_up=True) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)

    def fresh(self, case: FraudCase) -> FraudCase:
        with scopes.acting(estate.system()):
            return FraudCase.objects.get(pk=case.pk)

    def ask(self, case: FraudCase, claim: Claim, kind: str = "check") -> Any:
        with estate.acting(self.lead) as actor:
            return asking.ask(case, claim, kind=kind, text="请核对收款人的签名", actor=actor)

    def rows(self, claim: Claim) -> list[tuple[Any, ...]]:
        """Every clock and every step of a claim as it lies there, and the claim itself."""
        with scopes.acting(estate.system()):
            clocks = ClaimClock.objects.filter(claim=claim).order_by("pk").values_list()
            steps = ClaimStep.objects.filter(claim=claim).order_by("pk").values_list()
            itself = Claim.objects.filter(pk=claim.pk).values_list()
            return [*clocks, *steps, *(tuple(map(_plain, each)) for each in itself)]


def _plain(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


def day(text: str) -> date:
    return date.fromisoformat(text)
