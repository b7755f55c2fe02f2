"""Writes the demo insurer's folder: its customers, policies, claims, and what they refer to."""

from __future__ import annotations

from collections import deque
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Final

from custodian.demo.insurer import (
    dialects,
    faults,
    households,
    leaked,
    manifest,
    places,
    products,
    staff,
)
from custodian.demo.insurer.closed import Closing
from custodian.demo.insurer.contracts import Claim, Policy, Underwriter
from custodian.demo.insurer.dialects import Assignment
from custodian.demo.insurer.manifest import Manifest, Reason
from custodian.demo.insurer.numbers import Supply
from custodian.demo.insurer.parties import Party, Registry
from custodian.demo.insurer.planting import Desk, Planter
from custodian.demo.insurer.staff import Staff
from custodian.demo.insurer.tables import Tables

CUSTOMERS: Final = "客户资料.xlsx"
OLD_CUSTOMERS: Final = "历史客户-GB18030.csv"
POLICIES: Final = "保单.csv"
GROUP_POLICIES: Final = "保单-团险.xlsx"
CLAIMS: Final = "理赔.csv"
ASSIGNMENTS: Final = "指派.csv"
PRODUCTS, INTERMEDIARIES, UNITS, STAFF = "产品.csv", "中介机构.csv", "机构.csv", "人员.csv"
IMPORTABLE: Final = (CUSTOMERS, OLD_CUSTOMERS, POLICIES, GROUP_POLICIES, CLAIMS)
REFERENCE: Final = (PRODUCTS, INTERMEDIARIES, UNITS, STAFF, ASSIGNMENTS)
GROUP_TABLE: Final = f"{GROUP_POLICIES}#团体保单"
FEWEST, MOST = 50, 1_000_000  # a sheet ends at 1,048,576 rows


def write(folder: Path, *, customers: int = 5000, seed: int = 20260101, today: date) -> Manifest:
    """Write every file and `manifest.json`; the same arguments write the same content."""
    if not FEWEST <= customers <= MOST:
        raise ValueError(f"customers must be between {FEWEST:,} and {MOST:,}")
    folder.mkdir(parents=True, exist_ok=True)
    written = Manifest(
        insurer=staff.INSURER,
        code=staff.INSURER_CODE,
        seed=seed,
        today=today.isoformat(),
        importable=list(IMPORTABLE),
        reference=list(REFERENCE),
    )
    random = Random(seed)  # noqa: S311 - invented data, repeatable on purpose
    with Tables(folder, written) as tables:
        book = Book(tables, written, customers=customers, random=random, today=today)
        book.write()
    leaked.write(folder, book.planter.sold)
    manifest.save(written, folder)
    return written


class Book:
    """One run: households one after the other, each written before the next is drawn."""

    def __init__(
        self, tables: Tables, written: Manifest, *, customers: int, random: Random, today: date
    ) -> None:
        self.tables, self.manifest, self.facts = tables, written, written.facts
        self.customers, self.random, self.today = customers, random, today
        self.supply = Supply(random)
        self.registry = Registry(random=random, supply=self.supply, today=today)
        self.people = staff.engage(customers, random=random, supply=self.supply)
        self.desk = Desk(self.people, customers=customers, random=random)
        self.planter = Planter(
            self.facts, customers=customers, today=today, random=random, supply=self.supply
        )
        self.underwriter = Underwriter(random=random, today=today)
        self.closing = Closing(today=today)
        self.handlers = [person.staff_no for person in self.people if person.role == "理赔人员"]
        self.customer_faults = faults.Schedule(faults.CUSTOMER_REASONS, customers, random)
        self.policy_faults = faults.Schedule(faults.POLICY_REASONS, customers, random)
        self.claim_faults = faults.Schedule(faults.CLAIM_REASONS, customers, random)
        self.due_policies: deque[Reason] = deque()
        self.due_claims: deque[Reason] = deque()
        self.refused_key = ""
        self.unknown = 0
        self.written = 0

    def write(self) -> None:
        self.facts.insider, self.facts.insider_unit = staff.WANG, staff.TAIZHOU.code
        self.facts.portfolios = {number: [] for number in self.desk.counts}
        self._open()
        self._reference()
        while self.written < self.customers:
            self._household()

    def _open(self) -> None:
        for sheet in ("个人客户", "境外客户", "单位客户"):
            columns = dialects.CUSTOMER_SHEETS[sheet]
            self.tables.sheet(CUSTOMERS, sheet, columns, holds="customers")
        old = dialects.OLD_PERSONS
        self.tables.csv(OLD_CUSTOMERS, old, holds="customers", encoding="gb18030")
        policies = dialects.PERSONAL_POLICIES
        self.tables.csv(POLICIES, policies, holds="policies", encoding="gb18030")
        group = dialects.GROUP_POLICIES
        self.tables.sheet(GROUP_POLICIES, "团体保单", group, holds="policies")
        self.tables.csv(CLAIMS, dialects.CLAIMS, holds="claims", encoding="utf-8-sig")
        assigned = dialects.ASSIGNMENTS
        self.tables.csv(ASSIGNMENTS, assigned, holds="assignments", encoding="utf-8")

    def _reference(self) -> None:
        add, begin = self.tables.add, self.tables.csv
        begin(PRODUCTS, dialects.PRODUCTS, holds="reference", encoding="utf-8")
        for product in products.PRODUCTS:
            add(PRODUCTS, product, dialects.PRODUCTS)
        begin(INTERMEDIARIES, dialects.INTERMEDIARIES, holds="reference", encoding="utf-8")
        for intermediary in staff.INTERMEDIARIES:
            add(INTERMEDIARIES, intermediary, dialects.INTERMEDIARIES)
        begin(UNITS, dialects.UNITS, holds="reference", encoding="utf-8")
        for unit in staff.UNITS:
            add(UNITS, unit, dialects.UNITS)
        begin(STAFF, dialects.STAFF, holds="reference", encoding="utf-8")
        for person in self.people:
            add(STAFF, person, dialects.STAFF)

    def _household(self) -> None:
        at = self.written
        if self.planter.honey.take(at):
            self._honey()
            return
        twins = self.planter.duplicates.take(at) and self.customers - at > 1
        agent = self.desk.agent_for(2, at=at)
        unit = agent.unit if agent else self.random.choice(staff.UNITS[1:]).code
        area = staff.PLACES_OF[unit]
        if twins:
            members = households.twins(self.registry, self.random.choice(area))
            self.facts.duplicates.append([party.key for party in members])
        else:
            members = households.draw(self.registry, area)[: self.customers - at]
            self.planter.plant(members, agent=agent, at=at)
        self._admit(members, agent=agent, unit=unit, related=not twins)

    def _honey(self) -> None:
        unit = self.random.choice((staff.XUZHOU, staff.TAIZHOU)).code
        place = self.random.choice(staff.PLACES_OF[unit])
        party = self.registry.adult(place, ages=(35, 60))
        self.facts.honey.append(party.key)
        self._admit([party], agent=None, unit=unit, related=False)

    def _admit(
        self, members: list[Party], *, agent: Staff | None, unit: str, related: bool
    ) -> None:
        for party in members:
            self._customer(party, agent)
        if agent and agent.staff_no == staff.WANG:
            held, wanted = self.desk.counts[staff.WANG], self.desk.wanted
            self.planter.mark_targets(members, portfolio=held, wanted=wanted)
        for household in [members] if related else [[party] for party in members]:
            self.planter.record(household)
            self._contracts(household, agent=agent, unit=unit)
        for place in range(self.written - len(members), self.written):
            self._faulty_customers(place, members[0])

    def _customer(self, party: Party, agent: Staff | None) -> None:
        self.tables.add(_table(party), party, dialects.CUSTOMER_SHEETS[party.sheet])
        self.written += 1
        for counts, name in (
            (self.manifest.kinds, party.kind),
            (self.manifest.id_types, party.id_type),
        ):
            counts[name] = counts.get(name, 0) + 1
        if agent is None:
            self.facts.unassigned.append(party.key)
            return
        since = self.today - timedelta(days=self.random.randrange(30, 1800))
        assignment = Assignment(party.key, agent.staff_no, since)
        self.tables.add(ASSIGNMENTS, assignment, dialects.ASSIGNMENTS)
        self.desk.counts[agent.staff_no] += 1
        self.facts.portfolios[agent.staff_no].append(party.key)

    def _contracts(self, household: list[Party], *, agent: Staff | None, unit: str) -> None:
        rich = {*self.facts.targets[-len(household) :], *self.facts.honey[-1:]}
        holders = {} if agent else {party.key: party for party in household}
        if not agent:
            self.closing.next_household()
        for policy in self.underwriter.policies(household, agent=agent, unit=unit, rich=rich):
            if policy.product.holder == "organisation":
                self.tables.add(GROUP_TABLE, policy, dialects.GROUP_POLICIES)
                continue
            holder = None if policy.holder_key in rich else holders.get(policy.holder_key)
            ended = self.closing.ended(policy, holder) if holder else None
            self.tables.add(POLICIES, ended or policy, dialects.PERSONAL_POLICIES)
            if policy.password and ended is None:
                self.facts.passwords.append(policy.number)
            for claim in self.underwriter.claims(policy, self.handlers):
                if ended is None:
                    self.tables.add(CLAIMS, claim, dialects.CLAIMS)
                    self.facts.claimants.append(claim.insured_key)
                self._faulty_claim(claim)
            self._faulty_policy(policy)

    def _faulty_customers(self, place: int, last: Party) -> None:
        self.due_policies.extend(self.policy_faults.at(place))
        self.due_claims.extend(self.claim_faults.at(place))
        for reason in self.customer_faults.at(place):
            party = self._spoiled(reason, last)
            columns = dialects.CUSTOMER_SHEETS[party.sheet]
            self.tables.add(_table(party), party, columns, key=party.key, reason=reason)

    def _spoiled(self, reason: Reason, last: Party) -> Party:
        place = self.random.choice(places.ALL)
        if reason is Reason.REPEATED_KEY:
            moved = places.premises(place, self.random)
            return last if self.random.random() < 0.5 else replace(last, address=moved)
        if reason is Reason.USCC_CHECK:
            party = self.registry.organisation(place)
            faults.spoil_organisation(party, self.random)
            return party
        party = self.registry.adult(place, ages=(25, 60))
        if self.random.random() < 0.3:
            party.sheet = households.LEGACY
        faults.spoil_person(party, reason, self.random)
        self.refused_key = party.key
        return party

    def _faulty_policy(self, policy: Policy) -> None:
        if not self.due_policies:
            return
        reason = self.due_policies.popleft()
        if reason is Reason.HOLDER_REFUSED and not self.refused_key:
            self.due_policies.append(reason)
            return
        self.unknown += 1
        wrong = faults.spoil_policy(
            policy,
            reason,
            unknown_key=f"KH99{self.unknown:06d}",
            refused_key=self.refused_key,
            random=self.random,
        )
        wrong.password = ""
        wrong.number = self.underwriter.number(policy.unit, policy.starts)
        columns = dialects.PERSONAL_POLICIES
        self.tables.add(POLICIES, wrong, columns, key=wrong.number, reason=reason)

    def _faulty_claim(self, claim: Claim) -> None:
        if not self.due_claims:
            return
        reason = self.due_claims.popleft()
        self.unknown += 1
        number = f"P{self.today.year}3200{self.unknown:06d}"
        wrong = faults.spoil_claim(claim, reason, unknown_policy=number, random=self.random)
        wrong.number = self.underwriter.claim_number(claim.reported)
        self.tables.add(CLAIMS, wrong, dialects.CLAIMS, key=wrong.number, reason=reason)


def _table(party: Party) -> str:
    return OLD_CUSTOMERS if party.sheet == households.LEGACY else f"{CUSTOMERS}#{party.sheet}"
