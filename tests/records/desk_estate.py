"""What the desk's tests look at: a customer with a policy and a claim, and a clock inside office hours."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import uuid4

from django.db import connection

from access import keystore, scopes
from access import policy as rules
from access.models import PolicyRule, Subject
from records import blind_indexes, vault
from records.models import BlindIndex, Claim, Customer, Policy, PolicyRole, Product
from tests import estate

POLICY_VALUES = {
    "policy.number": "P20190418000418",
    "policy.sum_insured": "500000.00",
    "policy.premium": "12000.00",
    "policy.beneficiaries": "王小明 100%",
    "policy.health_declaration": "无既往病史",
    "policy.query_password": "739201",
}
CLAIM_VALUES = {
    "claim.number": "C20240001200034",
    "claim.description": "在家中滑倒",
    "claim.diagnosis": "桡骨骨折",
    "claim.amount": "3200.00",
}


@contextmanager
def statements() -> Iterator[list[str]]:
    """Every statement on the default connection, as it was sent."""
    sent: list[str] = []

    def note(execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        sent.append(str(sql))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(note):
        yield sent


def open_all_day() -> None:
    """Rules know office hours; the tests run at any."""
    PolicyRule.objects.update(hour_from=0, hour_until=24)
    rules.forget()


def product() -> Product:
    return Product.objects.get_or_create(
        code="WL01", defaults={"name": "青禾终身寿险", "name_en": "Whole life"}
    )[0]


def policy(
    holder: Customer, *, insured: Customer | None = None, values: Any = POLICY_VALUES
) -> Policy:
    """A policy of the holder, who is also the insured unless somebody else is named."""
    with scopes.acting(estate.system()):
        holding = uuid4()
        key = keystore.create({holding: holder.pk})[holding]
        sealed = vault.seal(values, holding=holding, key=key)
        found = Policy.objects.create(
            subject_id=holder.pk,
            book=holder.book,
            product=product(),
            status="in_force",
            starts_on=date(2019, 6, 12),
            next_due_on=date(2027, 6, 12),
            pay_frequency="yearly",
            source_digest=holding.bytes,
            holding=holding,
            epoch=sealed.epoch,
            state_mac=sealed.mac,
            origins={code: ["application", "2019-06-12"] for code in values},
            **{f"{code.partition('.')[2]}_sealed": blob for code, blob in sealed.blobs.items()},
        )
        PolicyRole.objects.create(policy=found, subject_id=holder.pk, role="policyholder")
        PolicyRole.objects.create(policy=found, subject_id=(insured or holder).pk, role="insured")
        for each in blind_indexes.of_values(values):
            BlindIndex.objects.create(**each.columns(), subject_id=holder.pk, holding=holding)
        return found


def claim(of: Customer, on: Policy) -> Claim:
    with scopes.acting(estate.system()):
        holding = uuid4()
        key = keystore.create({holding: of.pk})[holding]
        sealed = vault.seal(CLAIM_VALUES, holding=holding, key=key)
        return Claim.objects.create(
            subject_id=of.pk,
            policy=on,
            kind="accident",
            status="paid",
            reported_on=date(2024, 3, 8),
            source_digest=holding.bytes,
            holding=holding,
            epoch=sealed.epoch,
            state_mac=sealed.mac,
            **{f"{code.partition('.')[2]}_sealed": blob for code, blob in sealed.blobs.items()},
        )


def status(of: Customer, to: str) -> None:
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=of.pk).update(status=to)
