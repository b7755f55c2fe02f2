"""The totals of everybody who moves, from the frozen lines alone: the package is held against them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from access import actors, machine_reads, scopes
from access.actions import Action
from access.actors import Actor
from transfers.freezing import sums
from transfers.freezing.freezing import ACTOR
from transfers.models import Chosen, FrozenLine, Transfer

PAGE: Final = 2_000


@dataclass
class Money:
    """Of some policies, in their currency's main unit; `unread` have an amount that does not open."""

    policies: int = 0
    in_force: int = 0
    premium: Decimal = Decimal(0)
    sum_insured: Decimal = Decimal(0)
    unread: int = 0

    def add(self, each: sums.Sum) -> None:
        self.policies += 1
        self.in_force += each.status == "in_force"
        self.unread += "" in {each.premium, each.sum_insured}
        self.premium += Decimal(each.premium or 0)
        self.sum_insured += Decimal(each.sum_insured or 0)


@dataclass
class Totals:
    """`counts`: customers, policies, in_force, claims, open_claims, consents, restrictions, holds, …

    `money` is by currency, `products` by the code of the product.
    """

    counts: Counter[str] = field(default_factory=Counter)
    money: dict[str, Money] = field(default_factory=lambda: defaultdict(Money))
    products: dict[str, Money] = field(default_factory=lambda: defaultdict(Money))


def totals(transfer: Transfer) -> Totals:
    """Of the lines of those who move as it stands now; each page that is opened has its entry in the log.

    Raises `NoKey` once the transfer has ended.
    """
    found = Totals()
    with scopes.acting(actors.system(ACTOR)) as actor:
        assert actor is not None  # noqa: S101  it was just named
        seal = sums.Seal(transfer)
        for page in _pages(transfer):
            _read(transfer, [row["subject_id"] for row in page], actor)
            for row in page:
                _add(found, row, seal)
    return found


def _pages(transfer: Transfer) -> Iterator[list[dict[str, Any]]]:
    after, columns = 0, ("subject_id", "counts", "sums_sealed")
    while True:
        moving = Chosen.objects.filter(
            transfer=transfer, state=Chosen.State.IN, subject_id__gt=after
        )
        subjects = list(moving.order_by("subject_id").values_list("subject_id", flat=True)[:PAGE])
        if not subjects:
            return
        lines = FrozenLine.objects.filter(transfer=transfer, subject__in=subjects)
        yield list(lines.order_by("subject_id").values(*columns))
        after = subjects[-1]


def _read(transfer: Transfer, subjects: list[int], actor: Actor) -> None:
    if subjects:
        machine_reads.read(
            Action.FREEZE_READ,
            subjects=subjects,
            elements=[sums.PREMIUM, sums.SUM],
            facts={"transfer": transfer.code},
            actor=actor,
        )


def _add(found: Totals, row: dict[str, Any], seal: sums.Seal) -> None:
    found.counts["customers"] += 1
    found.counts.update(row["counts"])
    for each in seal.open(row["subject_id"], row["sums_sealed"]):
        found.money[sums.CURRENCY].add(each)
        found.products[each.product].add(each)
