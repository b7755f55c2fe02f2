"""A book that came in: a mother, her child of six, and a man who stays a stranger to the transfer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from access import scopes
from custodian import clock
from records.models import Customer, Identity, Representative
from tests import estate
from tests.records import desk_estate
from tests.transfers.choosing.letters import person, proven
from tests.transfers.house import House
from transfers.hundred_days import remedying
from transfers.letters import arrived, drafting, sending, texts
from transfers.models import (
    Arrival,
    ArrivedRecord,
    Invitation,
    LetterBatch,
    Receipt,
    Remedy,
    StockTake,
    Transfer,
    TransferClock,
)
from transfers.stocktaking import taking

BEGAN = timedelta(days=3)
# With a check digit that holds; the last but one is odd for a man.
NUMBERS = ("320311198604180011", "320311198604180038", "320311198604180054")


class Arrived:
    """`live`: this insurer answers for them since just now."""

    def __init__(
        self, *, route: str = "cn-voluntary", live: bool = True, manifest: Any = None
    ) -> None:
        self.house = House()
        self.mother, self.child, self.stranger = (
            estate.customer(
                {**person(n), "identity.id_number": number}, book_=self.house.book, accounts=()
            )
            for n, number in enumerate(NUMBERS, 1)
        )
        proven(self.mother, self.stranger)
        desk_estate.policy(self.mother, insured=self.child)
        desk_estate.policy(self.stranger)
        with scopes.acting(estate.system()):
            Customer.objects.filter(pk=self.child.pk).update(
                minor_until=clock.local().date() + timedelta(days=4000)
            )
            Representative.objects.create(
                subject_id=self.child.pk, representative_id=self.mother.pk,
                kind=Representative.Kind.GUARDIAN,
            )  # fmt: skip
        self.transfer: Transfer = self.house.transfer(side="buyer", route=route)
        self._came(live=live, manifest=manifest)

    def _came(self, *, live: bool, manifest: Any) -> None:
        now = clock.now()
        invitation = Invitation.objects.create(
            transfer=self.transfer, key="0" * 16, public=b"", valid_until=now
        )
        arrival = Arrival.objects.create(
            transfer=self.transfer, invitation=invitation, package=self.transfer.ref, number=1,
            content="book", header={}, size=1, root="", signature=b"", stage="laid_out", manifest=manifest,
        )  # fmt: skip
        with scopes.acting(estate.system()):
            for place, each in enumerate((self.mother, self.child)):
                ArrivedRecord.objects.create(
                    arrival=arrival, transfer=self.transfer, ref=each.ref, place=place, leaf=b"",
                    subject_id=each.pk,
                )  # fmt: skip
        arrived.begin(self.transfer, now - BEGAN)
        Receipt.objects.create(
            transfer=self.transfer, acceptance=b"a", accepted_at=now, release=b"r",
            released_at=now, live_at=now, ended_at=now if live else None,
        )  # fmt: skip

    def drafted(self) -> LetterBatch:
        letter = texts.proposed(self.transfer)
        with estate.acting(self.house.first, stepped_up=True) as actor:
            return drafting.draft(self.transfer, letter, reply_by=None, actor=actor)

    def sent(self) -> LetterBatch:
        with estate.acting(self.house.first, stepped_up=True) as actor:
            approval = drafting.submit(self.drafted(), actor=actor)
        self.house.approve(approval)
        return sending.work(LetterBatch.objects.get(approval=approval).pk)

    def clock(self) -> TransferClock:
        return TransferClock.objects.get(transfer=self.transfer)

    def lose(self, customer: Customer, **columns: Any) -> None:
        """As a seller who never asked for it."""
        with scopes.acting(estate.system()):
            Identity.objects.filter(pk=customer.pk).update(**columns)

    def count(self) -> StockTake:
        with estate.acting(self.house.first, stepped_up=True) as actor:
            return taking.work(taking.begin(self.transfer, actor=actor).pk)

    def remedy(self, *, days: int = 30, code: str = "identity.id_valid_until") -> Remedy:
        with estate.acting(self.house.first, stepped_up=True) as actor:
            return remedying.begin(
                self.transfer, what="missing", code=code, says="回访补齐证件有效期", count=1,
                owner=self.house.second, due_on=clock.local().date() + timedelta(days=days),
                actor=actor,
            )  # fmt: skip
