"""What the tests of legal holds look at: three customers of two books, their policies, claims and papers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

from access import approvals, scopes
from access.models import Approval, WorkItem
from access.vocabulary import Role
from custodian import clock
from records import legal_holds
from records.legal_holds import covering, selectors
from records.legal_holds.covering import Draft
from records.models import (
    Book,
    Claim,
    Customer,
    Document,
    Finances,
    Identity,
    ImportRun,
    Intermediary,
    LegalHold,
    Policy,
    PolicyRole,
    Product,
    QuarantinedRow,
)
from tests import estate
from tests.records import desk_estate

NOBODY = "c-0000-0000-000"


class House:
    """Zhang holds a policy on his wife's life, with her claim; Sun, of another book, holds one of his own."""

    def __init__(self) -> None:
        self.officers = [
            estate.user(Role.COMPLIANCE_OFFICER, name=name) for name in ("陈静", "刘敏")
        ]
        self.guard = estate.user(Role.SECURITY_OFFICER, name="周正")
        self.zhang = estate.customer(unit_=estate.unit("XZ"))
        self.wife = estate.customer(accounts=(), unit_=estate.unit("XZ"))
        self.sun = estate.customer(book_=estate.book("LJ"), unit_=estate.unit("NJ"))
        self.policy = desk_estate.policy(self.zhang, insured=self.wife)
        self.claim = desk_estate.claim(self.wife, self.policy)
        self.other = desk_estate.policy(self.sun)
        self.papers = {each.pk: paper(each) for each in (self.zhang, self.wife, self.sun)}

    def place(self, draft: Draft, *, by: int = 0, **more: Any) -> LegalHold:
        terms = {
            "ground": "regulator_order",
            "reason": "示例监管局来函",
            "review_on": clock.local().date() + timedelta(days=90),
            **more,
        }
        with estate.acting(self.officers[by]) as actor:
            return legal_holds.place(draft, actor=actor, **terms)

    def decide(self, approval: Approval, *, by: int = 1, yes: bool = True) -> None:
        approval = Approval.objects.get(pk=approval.pk)
        with estate.acting(self.officers[by], stepped_up=True) as actor:
            if yes:
                approvals.approve(approval, seen=approval.digest, actor=actor)
            else:
                approvals.send_back(approval, seen=approval.digest, note="不必", actor=actor)

    def open(self, draft: Draft, **more: Any) -> LegalHold:
        hold = self.place(draft, **more)
        self.decide(hold.approval)
        return fresh(hold)

    def ask_release(self, hold: LegalHold, *, by: int = 0) -> Approval:
        with estate.acting(self.officers[by]) as actor:
            return legal_holds.ask_release(hold, reason="案件已结", actor=actor)

    def release(self, hold: LegalHold) -> None:
        self.decide(self.ask_release(hold))

    def own(self, *customers: Customer) -> set[UUID]:
        """Identity, money and paper."""
        with scopes.acting(estate.system()):
            ids = [each.pk for each in customers]
            return {
                row
                for model in (Identity, Finances, Document)
                for row in model.objects.filter(subject__in=ids).values_list("holding", flat=True)
            }

    def about(self, *customers: Customer) -> set[UUID]:
        """Identity and paper."""
        with scopes.acting(estate.system()):
            ids = [each.pk for each in customers]
            return {
                row
                for model in (Identity, Document)
                for row in model.objects.filter(subject__in=ids).values_list("holding", flat=True)
            }

    @property
    def everything(self) -> set[UUID]:
        with scopes.acting(estate.system()):
            return {
                row
                for model in (Identity, Finances, Document, Policy, Claim)
                for row in model.objects.values_list("holding", flat=True)
            }

    @property
    def held(self) -> set[UUID]:
        """What `on` says of everything there is."""
        return set(legal_holds.on(self.everything))


def of_book(code: str = "LJ") -> Draft:
    with scopes.acting(estate.system()):
        return selectors.of_book(code)


def covered(draft: Draft) -> set[UUID]:
    """What a draft would cover, from the other end."""
    return set(covering.everything(draft))


def fresh(hold: LegalHold) -> LegalHold:
    with scopes.acting(estate.system()):
        return LegalHold.objects.select_related("approval", "release_approval").get(pk=hold.pk)


def paper(of: Customer) -> UUID:
    with scopes.acting(estate.system()):
        return Document.objects.create(
            subject_id=of.pk, kind="evidence", media_type="image/png", size=1, digest=uuid4().bytes
        ).holding


def complaint(of: Customer, number: str) -> WorkItem:
    with scopes.acting(estate.system()):
        return WorkItem.objects.create(
            subject_id=of.pk, kind="complaint", source="api", number=number, unit=estate.unit()
        )


def quarantined(book: Book) -> QuarantinedRow:
    with scopes.acting(estate.system()):
        return QuarantinedRow.objects.create(
            run=ImportRun.objects.create(book=book, status="done"), book=book, kind="customer",
            sheet=1, number=7, reasons=[], row_digest=uuid4().bytes, row_sealed=b"sealed",
        )  # fmt: skip


def change(policy: Policy, **values: Any) -> None:
    with scopes.acting(estate.system()):
        Policy.objects.filter(pk=policy.pk).update(**values)


def product(code: str) -> Product:
    return Product.objects.create(code=code, name=code)


def intermediary(code: str) -> Intermediary:
    return Intermediary.objects.create(code=code, name=code)


def beneficiary(policy: Policy, who: Customer) -> None:
    with scopes.acting(estate.system()):
        PolicyRole.objects.create(policy=policy, subject_id=who.pk, role="beneficiary")


A_DAY = date(2024, 6, 30)
