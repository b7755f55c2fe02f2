"""What the tests of destruction look at: customers whose time is over, a neighbour, and two officers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from access import approvals
from access.models import Approval, Subject, User
from access.vocabulary import Role
from records.destruction import batches, executing
from records.models import Customer, DestructionBatch
from tests import estate
from tests.records import desk_estate

LONG_AGO = date(2012, 5, 1)


@dataclass
class Office:
    agent: User = field(default_factory=lambda: estate.user(Role.AGENT))
    first: User = field(default_factory=lambda: estate.user(Role.COMPLIANCE_OFFICER, name="陈静"))
    second: User = field(default_factory=lambda: estate.user(Role.COMPLIANCE_OFFICER, name="刘敏"))

    def gone(self, *, claims: bool = False, on: date | None = LONG_AGO) -> Customer:
        """A customer whose only contract ended long ago."""
        customer = estate.customer(of=[self.agent])
        policy = desk_estate.policy(customer)
        with everything():
            type(policy).objects.filter(pk=policy.pk).update(
                status="terminated", starts_on=date(2000, 1, 1), ends_on=on
            )
            if claims:
                claim = desk_estate.claim(customer, policy)
                type(claim).objects.filter(pk=claim.pk).update(decided_on=date(2011, 1, 1))
        return customer

    def living(self) -> Customer:
        customer = estate.customer(of=[self.agent])
        desk_estate.policy(customer)
        return customer

    def propose(self) -> DestructionBatch:
        batch = batches.propose()
        assert batch is not None
        return batch

    def submit(self, batch: DestructionBatch) -> Approval:
        with estate.acting(self.first, stepped_up=True) as actor:
            return batches.submit(batch, actor=actor)

    def approve(self, batch: DestructionBatch) -> None:
        approval = Approval.objects.get(pk=batch.approval_id)
        with estate.acting(self.second, stepped_up=True) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)
        batch.refresh_from_db()

    def approved(self) -> DestructionBatch:
        batch = self.propose()
        self.submit(batch)
        self.approve(batch)
        return batch

    def destroyed(self) -> DestructionBatch:
        return executing.work(self.approved().pk)


@contextmanager
def everything() -> Iterator[Any]:
    with estate.scopes.acting(estate.system()) as actor:
        yield actor


def status(customer: Customer) -> str:
    with everything():
        return str(Subject.objects.get(pk=customer.pk).status)
