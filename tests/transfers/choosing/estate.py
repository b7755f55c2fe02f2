"""A book of a few families: who is joined to whom, and whom something keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from access import approvals, scopes
from access.models import Subject
from records.models import Customer, Policy, PolicyRole, Product
from tests import estate
from tests.records import desk_estate
from tests.transfers.house import House
from transfers.choosing import approving, rules, selecting
from transfers.models import Chosen, Selection, Transfer


@dataclass
class Families:
    """Zhang's policy is on his wife's life; Wu's son is insured by Wu; Sun stands alone; Qian has no policy."""

    house: House = field(default_factory=House)

    def __post_init__(self) -> None:
        book = self.house.book
        for name in ("zhang", "wife", "wu", "son", "sun", "qian"):
            setattr(self, name, estate.customer(book_=book, accounts=()))
        self.joint = desk_estate.policy(self.zhang, insured=self.wife)
        self.child = desk_estate.policy(self.wu, insured=self.son)
        self.alone = desk_estate.policy(self.sun)
        self.transfer: Transfer = self.house.transfer(book=book)

    zhang: Customer = field(init=False)
    wife: Customer = field(init=False)
    wu: Customer = field(init=False)
    son: Customer = field(init=False)
    sun: Customer = field(init=False)
    qian: Customer = field(init=False)

    def begin(self, **rule: Any) -> Selection:
        with estate.acting(self.house.first, stepped_up=True) as actor:
            return selecting.begin(
                self.transfer, rules.read({k: list(v) for k, v in rule.items()}), actor=actor
            )

    def run(self, **rule: Any) -> Selection:
        return selecting.work(self.begin(**rule).pk)

    def submit(self, selection: Selection) -> Any:
        with estate.acting(self.house.first, stepped_up=True) as actor:
            return approving.submit(selection, actor=actor)

    def choose(self, **rule: Any) -> Selection:
        """Run, put up, and approved by the second officer."""
        selection = self.run(**rule)
        self.house.approve(self.submit(selection))
        selection.refresh_from_db()
        return selection

    def approve(self, approval: Any, *, by: Any) -> None:
        with estate.acting(by, stepped_up=True) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)


def fate(customer: Customer) -> str:
    """`in`, the reason why she stays, or nothing if the rule does not name her."""
    with scopes.acting(estate.system()):
        row = Chosen.objects.filter(subject=customer.pk).first()
        return "" if row is None else row.reason or row.state


def role(policy: Policy, customer: Customer, as_: str = "beneficiary") -> None:
    with scopes.acting(estate.system()):
        PolicyRole.objects.create(policy=policy, subject_id=customer.pk, role=as_)


def mark(customer: Customer, **changes: Any) -> None:
    with scopes.acting(estate.system()):
        Subject.objects.filter(pk=customer.pk).update(**changes)


def change(policy: Policy, **values: Any) -> None:
    with scopes.acting(estate.system()):
        Policy.objects.filter(pk=policy.pk).update(**values)


def product(code: str) -> Product:
    return Product.objects.get_or_create(code=code, defaults={"name": code})[0]
