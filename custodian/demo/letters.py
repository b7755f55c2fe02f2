"""The demo's transfer goes on: who moves, letters to them, some hundred answers; it is not frozen yet."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final

from access import actors, scopes
from access.models import User
from custodian.demo.diary import Steps
from custodian.demo.officers import Officers
from custodian.demo.transfers import BUYER, BUYER_EN, EMAIL, PHONE, TITLE, told
from records.models import Customer
from records.notices.contents import Both
from transfers import chosen
from transfers.choosing import approving, rules, selecting
from transfers.letters import answering, drafting, printing, sending, texts
from transfers.models import Chosen, LetterBatch, Selection, Transfer, TransferNotice
from transfers.stocktaking import papers, taking

CONTACT: Final = Both(f"客户服务热线 {PHONE}，{EMAIL}", f"Service line {PHONE}, {EMAIL}")
ANSWERS: Final = 130
TURNS: Final = 5  # in so many turns: while one lasts the log's session tells the time by itself
OBJECT: Final = 3
SEEN: Final = 40  # more who have opened it and not answered


class Letters:
    """`hers`: whom a newcomer can be; they have not answered yet."""

    def __init__(
        self, people: Mapping[str, User], begin: datetime, hers: Mapping[str, int]
    ) -> None:
        self._officers, self._hers = Officers(people), frozenset(hers.values())
        plan: Iterable[tuple[int, Callable[[], None]]] = (
            (13, self._choose),
            (14, self._bar),
            (15, self._take_stock),
            (20, self._write),
            (21, self._print),
            *[(24, self._agree)] * TURNS,
            (24, self._see),
            (26, self._object),
        )
        self.steps: Steps = (
            []
            if not told()
            else [
                (begin + timedelta(days=day, hours=11, minutes=at), step)
                for at, (day, step) in enumerate(plan)
            ]
        )

    def _ours(self) -> Transfer:
        return Transfer.objects.select_related("counterparty", "book").get(title=TITLE)

    def _choose(self) -> None:
        with self._officers.acting() as officer:
            begun = selecting.begin(self._ours(), rules.Rule(), actor=officer)
        selecting.work(begun.pk)
        with self._officers.acting() as officer:
            asked = approving.submit(Selection.objects.get(pk=begun.pk), actor=officer)
        self._officers.approve(asked)

    def _bar(self) -> None:
        transfer = self._ours()
        with self._officers.acting() as officer:
            alone = Chosen.objects.filter(transfer=transfer, state=Chosen.State.IN)
            row = alone.exclude(subject__in=self._hers).order_by("-subject_id").first()
            if row is not None:
                customer = Customer.objects.get(pk=row.subject_id)
                chosen.bar(
                    transfer, customer, "investigation", reason="反洗钱部门来函", actor=officer
                )

    def _take_stock(self) -> None:
        with self._officers.acting() as officer:
            begun = taking.begin(self._ours(), actor=officer)
        done = taking.work(begun.pk)
        with self._officers.acting() as officer:
            papers.file(done, actor=officer)

    def _write(self) -> None:
        with self._officers.acting() as officer:
            transfer = self._ours()
            parts = {
                "contact": CONTACT,
                "recipient": Both(BUYER, BUYER_EN),
            }
            letter = texts.Letter({**texts.proposed(transfer).parts, **parts})
            announced = transfer.announcements.order_by("-pk")[0].answer_by
            batch = drafting.draft(transfer, letter, reply_by=announced, actor=officer)
            asked = drafting.submit(batch, actor=officer)
        self._officers.approve(asked)
        sending.work(LetterBatch.objects.get(approval=asked).pk)

    def _print(self) -> None:
        with self._officers.acting() as officer:
            waiting = TransferNotice.objects.filter(
                transfer=self._ours(), state=TransferNotice.State.TO_PRINT
            )
            if waiting.exists():
                printing.print_next(self._ours(), actor=officer)

    def _told(self) -> list[TransferNotice]:
        """Grown-ups who have their letter and said nothing yet, in an order of no meaning."""
        with scopes.acting(actors.system("demo")):
            rows = TransferNotice.objects.filter(
                transfer=self._ours(), answer="", state__in=TransferNotice.DELIVERED
            ).exclude(subject__in=self._hers)
            found = list(rows.select_related("transfer", "batch__transfer"))
            children = set(
                Customer.objects.exclude(minor_until=None).values_list("subject_id", flat=True)
            )
        grown = [each for each in found if each.subject_id not in children]
        return sorted(grown, key=lambda each: (each.subject_id * 2_654_435_761) % 4_294_967_296)

    def _agree(self) -> None:
        for notice in self._told()[: ANSWERS // TURNS]:
            self._opens(notice)
            self._says(notice, "agreed")

    def _see(self) -> None:
        for notice in self._told()[:SEEN]:
            self._opens(notice)

    def _opens(self, notice: TransferNotice) -> None:
        actor = actors.customer(notice.subject_id)
        with scopes.acting(actor):
            answering.see(notice, channel="portal", actor=actor)

    def _object(self) -> None:
        for notice in self._told()[:OBJECT]:
            self._says(notice, "objected")

    def _says(self, notice: TransferNotice, said: str) -> None:
        actor = actors.customer(notice.subject_id)
        with scopes.acting(actor):
            answering.choose(notice, said, channel="portal", actor=actor)
