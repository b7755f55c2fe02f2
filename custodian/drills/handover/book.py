"""The book of the drill: invented customers with policies, claims and files, some of them joined."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any, Final

from access.actions import Action
from custodian import clock
from custodian.drills import cast
from custodian.drills.handover import people
from records import archiving, claims, intake, policies
from records.claim_handling import clocks
from records.claims import NewClaim
from records.consents import opening
from records.intake import NewCustomer
from records.models import (
    Book,
    Claim,
    ClaimNeed,
    ClaimPaper,
    ClaimStep,
    Consent,
    Customer,
    Document,
    Policy,
    Product,
)
from records.policies import NewPolicy

SAID: Final = (
    ("marketing", "given"), ("health", "withdrawn"), ("survey", "refused"), ("health", "given"),
)  # fmt: skip
_CHUNK: Final = 500
_BIRTHS: Final = date(1950, 1, 1)
_DAYS: Final = 18_000
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999


def populate(count: int, *, book: str = "XH") -> int:
    """Each has a policy on herself or on her neighbour, each third a claim, each fifth a file."""
    held = Book.objects.get(code=book)
    product = Product.objects.get_or_create(
        code="P1", defaults={"name": "安康终身寿险", "kind": "life"}
    )[0]
    unit = people.unit().pk
    with people.system() as actor:
        where: dict[str, Any] = {"channel": "command", "book": held, "actor": actor}
        sells = {**where, "action": Action.CUSTOMER_CREATE}
        for numbers in _chunks(count):
            made = intake.register([_newcomer(each, unit) for each in numbers], **where)
            sold = policies.register(
                [_policy(each, at, made, product) for at, each in enumerate(numbers)], **sells
            )
            claimed = [
                _claim(each, made[at], sold[at]) for at, each in enumerate(numbers) if not each % 3
            ]
            claims.register(claimed, **sells)
            for at, each in enumerate(numbers):
                if not each % 5:
                    _file(made[at], each)
            if not numbers[0]:
                _agree(made, book)
                _examine(Claim.objects.get(subject=made[0].pk))
    cast.seal_log()
    return count


def meet(number: int, *, book: str) -> None:
    """The same person as that one is a customer of this house too, in a book of its own."""
    held = Book.objects.get_or_create(code=book, defaults={"name": book})[0]
    with people.system() as actor:
        newcomer = _newcomer(number, people.unit().pk)
        intake.register([newcomer], book=held, channel="command", actor=actor)
    cast.seal_log()


def _chunks(count: int) -> Iterator[range]:
    for at in range(0, count, _CHUNK):
        yield range(at, min(at + _CHUNK, count))


def _newcomer(number: int, unit: int) -> NewCustomer:
    born = _BIRTHS + timedelta(days=number % _DAYS)
    values = {
        "identity.name": f"李{chr(0x4E00 + number % 2000)}",
        "identity.sex": "male",
        "identity.birth_date": born.isoformat(),
        "identity.nationality": "中国",
        "identity.occupation": "教师",
        "identity.id_type": "resident_id",
        "identity.id_number": _id_number(born, number // _DAYS),
        "identity.id_valid_until": "2036-05-20",
        "identity.mobile": f"138{number:08}",
        "identity.email": f"li{number}@example.com",
        "identity.address": f"江苏省徐州市云龙区和平路{number}号",
        "financial.income": "120000",
    }
    account = {
        "financial.bank_name": "示例银行徐州分行",
        "financial.bank_account": f"6222020000{number:06}",
    }
    return NewCustomer(
        kind="person",
        source_key=f"KH{number:06}",
        unit_id=unit,
        values=values,
        accounts=[account],
        assignments=[] if number else [(people.agent().pk, clock.now() - timedelta(hours=1))],
    )


def _id_number(born: date, number: int) -> str:
    """Of nobody: a district, the day of birth, an odd number, and the check character."""
    first = f"320311{born:%Y%m%d}{2 * number + 1:03}"
    rest = sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11
    return first + "10X98765432"[rest]


def _policy(number: int, at: int, made: list[Customer], product: Product) -> NewPolicy:
    # Every second pair is joined by a policy of the first on the life of the second.
    insured = made[at + 1] if number % 4 == 0 and at + 1 < len(made) else made[at]
    return NewPolicy(
        source_key=f"P{number:06}",
        holder=made[at].subject_id,
        product_id=product.pk,
        values={
            "policy.number": f"P2015{number:08}",
            "policy.premium": f"{1000 + number}.00",
            "policy.sum_insured": f"{100000 + number}.00",
        },
        roles=[(insured.subject_id, "insured", "本人" if insured is made[at] else "亲属")],
        starts_on=date(2015, 1, 1),
        ends_on=date(2055, 1, 1),
        pay_frequency="yearly",
    )


def _claim(number: int, holder: Customer, policy: Policy) -> NewClaim:
    return NewClaim(
        source_key=f"K{number:06}",
        policy_id=policy.pk,
        subject=holder.subject_id,
        values={"claim.number": f"C{number:08}", "claim.description": "住院"},
        kind="medical",
        status="paid",
        reported_on=date(2024, 3, 1),
        decided_on=date(2024, 4, 1),
    )


def _examine(claim: Claim) -> None:
    """Somebody is at the first claim: a paper was asked for and came, another is missing."""
    now = clock.now()
    Claim.objects.filter(pk=claim.pk).update(
        status=Claim.Status.WAITING, decided_on=None, occurred_on=date(2024, 2, 20)
    )
    for days, code in ((9, "reported"), (8, "taken"), (5, "papers-asked"), (4, "paper-received")):
        ClaimStep.objects.create(
            claim=claim, subject_id=claim.subject_id, code=code, at=now - timedelta(days=days)
        )
    medical, _invoice = (
        ClaimNeed.objects.create(
            claim=claim, subject_id=claim.subject_id, slot=slot, kind=kind,
            asked_at=now - timedelta(days=5), received_at=came,
        )
        for slot, kind, came in ((1, "medical", now - timedelta(days=4)), (2, "invoice", None))
    )  # fmt: skip
    customer = Customer.objects.get(pk=claim.subject_id)
    paper = _filed(customer, "病历.pdf", b"%PDF-1.7 a paper of the drill", kind="evidence")
    ClaimPaper.objects.create(
        claim=claim, subject_id=claim.subject_id, number=1, kind="medical", document=paper,
        need=medical,
    )  # fmt: skip
    clocks.keep(claim)


def _agree(made: list[Customer], book: str) -> None:
    for customer, (purpose, said) in zip(made, SAID, strict=False):
        Consent.objects.create(
            subject_id=customer.pk,
            purpose=purpose,
            said=said,
            by="import",
            channel="task",
            source=book,
        )
    opening.project(made[: len(SAID)])


def _file(customer: Customer, number: int) -> None:
    content = b"%PDF-1.7 " + bytes([number % 251]) * (number % 50 * 4001)
    _filed(customer, f"投保单{number}.pdf", content)


def _filed(customer: Customer, name: str, content: bytes, *, kind: str = "application") -> Document:
    with people.acting() as actor:
        return archiving.add(
            customer,
            kind=Document.Kind(kind),
            name=name,
            media_type="application/pdf",
            chunks=[content],
            channel="admin",
            actor=actor,
        )
