"""Destroying customers with their certificate, beside a bare DELETE of the same rows in the same run."""

from __future__ import annotations

import resource
import time
from datetime import timedelta
from typing import Any

from access import actors, approvals, scopes
from access.models import Approval, User
from access.vocabulary import Role
from custodian import clock
from records.destruction import batches, executing
from records.models import Customer, DestructionBatch
from records.retention import reckoning
from tests.benchmarks import estate, premises, report

LIMIT = 600.0  # seconds for 100,000 customers
MANY, FEW = 100_000, 5_000
OURS, OLD = "custodian_destroy", "custodian_old"
ROWS = "records_blindindex records_account records_finances records_identity".split()


def measure(*, quick: bool) -> None:
    customers = FEW if quick else MANY
    premises.copy(OURS)
    premises.use(OURS)
    estate.build(customers)
    _age()
    premises.copy(OLD, of=OURS)
    premises.use(OURS)
    report.heading(f"destruction: {customers:,} customers whose time is over")
    began = time.monotonic()
    with scopes.acting(actors.system("keeper")):
        run = reckoning.carry_out()
    report.line(f"  reckoning {run.done / (time.monotonic() - began):,.0f} customers/s")
    batch, took = _proposed()
    report.line(f"  proposal  {2 * customers / took:,.0f} holdings/s")
    _approve(batch)
    before, began = _memory(), time.monotonic()
    executing.work(batch.pk)
    ours = time.monotonic() - began
    batch.refresh_from_db()
    bare = _bare()
    aim = LIMIT * customers / MANY
    told = "reached" if ours <= aim else "NOT reached"
    report.line(f"  destroyed and certified in {ours:.1f} s (at most {aim:.0f}: {told})")
    report.line(f"  memory {before:,.0f} MB before, at most {_memory():,.0f} MB")
    report.line(f"  bare DELETE of the rows {bare:.2f} s; DELETE ÷ ours {bare / ours:.4f}")


def _age() -> None:
    """Registered a year ago, and nothing came of it."""
    with scopes.acting(actors.system("tests")):
        Customer.objects.update(created_at=clock.now() - timedelta(days=400))


def _proposed() -> tuple[DestructionBatch, float]:
    began = time.monotonic()
    batch = batches.propose()
    assert batch is not None
    return batch, time.monotonic() - began


def _approve(batch: DestructionBatch) -> None:
    first, second = _officer("C0001"), _officer("C0002")
    with scopes.acting(actors.staff(first, stepped_up=True)) as actor:
        batches.submit(batch, actor=actor)
    approval = Approval.objects.get(pk=batch.approval_id)
    with scopes.acting(actors.staff(second, stepped_up=True)) as actor:
        approvals.approve(approval, seen=approval.digest, actor=actor)
    batch.refresh_from_db()


def _officer(number: str) -> Any:
    unit = User.objects.select_related("unit")[:1].get().unit
    person = User.objects.create_user(
        f"officer.{number.lower()}", staff_no=number, name="陈静",
        role=Role.COMPLIANCE_OFFICER, unit=unit, password=None,
    )  # fmt: skip
    User.objects.filter(pk=person.pk).update(role_since=clock.now() - timedelta(days=30))
    return User.objects.get(pk=person.pk)


def _memory() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def _bare() -> float:
    """What the rows alone cost, without keys, links, entries or certificate."""
    with premises.superuser(OLD) as cursor:
        began = time.monotonic()
        for table in ROWS:
            cursor.execute(f"DELETE FROM {table}")
        cursor.execute("DELETE FROM keys.data_key")
        return time.monotonic() - began
