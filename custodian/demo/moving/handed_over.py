"""A closed book goes to another insurer: letters, package, a lost record, receipts, the moment, the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from access import actors, scopes
from access.law.reading import today
from access.models import Approval, User
from custodian import clock
from custodian.demo.diary import Steps
from custodian.demo.insurer import old_book
from custodian.demo.moving import other_house
from custodian.demo.officers import Officers
from custodian.drills.handover import spoiling, walking
from custodian.drills.handover.houses import House, packed, unpacked
from custodian.regimes.calendars import DAY
from records.destruction import batches, executing
from records.importing import runs
from records.models import Book, Customer, DestructionBatch
from records.notices.contents import Both
from records.retention import reckoning
from transfers import freezing, identity, invitations, registering
from transfers.choosing import approving, rules, selecting
from transfers.data_room import rooms
from transfers.freezing import freezing as freeze_job
from transfers.handing_over import asking, building
from transfers.letters import answering, closing, drafting, printing, sending, texts
from transfers.models import (
    Counterparty,
    HandOver,
    LetterBatch,
    Receipt,
    Selection,
    Transfer,
    TransferNotice,
)
from transfers.packages import shelf
from transfers.receipts import accepting, ending, releasing

TITLE: Final = "早年两全险账册分立"
CONTACT: Final = Both(
    "客户服务热线 400-810-2299，kefu@zean.example", "Service line 400-810-2299, kefu@zean.example"
)
LOST: Final = {"3": "lost"}  # the package is made to forget the customer at that place
KEPT: Final = "客户正在查阅自己的资料，答复之后再销毁"
_HOURS: Final = 14  # from the release to the moment
_SEEN: Final = 2  # of three open their letter


class HandedOver:
    """`her` is whom a newcomer can be: she goes, and what is hers is destroyed last."""

    def __init__(
        self, people: Mapping[str, User], begin: datetime, *, book: Book, her: int, buyer: House
    ) -> None:
        self._officers, self._book, self._her, self._house = Officers(people), book, her, buyer
        plan: Iterable[tuple[int, int, Callable[[], None]]] = (
            (6, 2, self._open),
            (6, 5, self._show_room),
            (8, 2, self._choose),
            (9, 2, self._write),
            (12, 2, self._answer),
            (17, 2, self._freeze),
            (18, 2, self._invite),
            (18, 4, self._pack),
            (19, 2, self._sign),
            (19, 2 + _HOURS, self._pass),
            (22, 2, self._destroy),
        )
        self.steps: Steps = [
            (begin + timedelta(days=day, hours=hour, minutes=17), step) for day, hour, step in plan
        ]

    @property
    def _buyer(self) -> House:
        """Which takes for now what this house does."""
        self._house.clock = clock.now()
        return self._house

    def _ours(self) -> Transfer:
        return Transfer.objects.select_related("counterparty", "book").get(title=TITLE)

    def _open(self) -> None:
        officers = self._officers
        self._buyer.begin(book=other_house.BOOK)
        with officers.acting() as officer:
            terms = registering.Terms(
                kind=Counterparty.Kind.INSURER, name=other_house.NAME, name_en=other_house.NAME_EN,
                contact_phone="400-810-2299", contact_email="kefu@zean.example", answers=officers.first,
            )  # fmt: skip
            other = registering.register(terms, actor=officer)
            entered = identity.enter(other, unpacked(self._buyer.card()), actor=officer)
        officers.approve(entered.approval)
        self._buyer.know(card=packed(identity.own_card()), name=_own_name())
        opened = officers.open(
            "seller", other, route=walking.ROUTE, title=TITLE, book=self._book
        )  # fmt: skip
        self._buyer.open_transfer(side="buyer", ref=str(opened.ref), book=other_house.BOOK)
        officers.walk(opened, until="data_room")

    def _show_room(self) -> None:
        transfer = self._ours()
        self._officers.file(transfer, "data_room")
        with self._officers.acting() as officer:
            room = rooms.ask(transfer, recipient="沈泽", samples=5, days=9, actor=officer)
        self._officers.approve(room.approval)
        rooms.work(room.pk)
        self._officers.finish(transfer, "data_room")

    def _choose(self) -> None:
        """Approved by the authority; then the whole book."""
        transfer = self._ours()
        self._officers.walk(transfer, until="notice", number=f"金复〔{today().year}〕84号")
        with self._officers.acting() as officer:
            begun = selecting.begin(transfer, rules.Rule(), actor=officer)
        selecting.work(begun.pk)
        with self._officers.acting() as officer:
            asked = approving.submit(Selection.objects.get(pk=begun.pk), actor=officer)
        self._officers.approve(asked)

    def _write(self) -> None:
        transfer = self._ours()
        said = {
            "contact": CONTACT,
            "recipient": Both(other_house.NAME, other_house.NAME_EN),
        }
        with self._officers.acting() as officer:
            letter = texts.Letter({**texts.proposed(transfer).parts, **said})
            batch = drafting.draft(transfer, letter, reply_by=today() + 7 * DAY, actor=officer)
            asked = drafting.submit(batch, actor=officer)
        self._officers.approve(asked)
        sending.work(LetterBatch.objects.get(approval=asked).pk)
        with self._officers.acting() as officer:
            while self._notices(state=TransferNotice.State.TO_PRINT):
                printing.print_next(transfer, actor=officer)

    def _notices(self, **which: Any) -> list[TransferNotice]:
        with scopes.acting(actors.system("demo")):
            rows = TransferNotice.objects.filter(transfer=self._ours(), **which)
            return list(rows.select_related("transfer", "batch__transfer").order_by("subject_id"))

    def _answer(self) -> None:
        """Most open the letter; somebody says no, and stays with whoever is joined to her."""
        told = self._notices(state__in=TransferNotice.DELIVERED)
        for place, notice in enumerate(told):
            actor = actors.customer(notice.subject_id)
            with scopes.acting(actor):
                if place % 3 < _SEEN:
                    answering.see(notice, channel="portal", actor=actor)
                if notice is told[-1]:
                    answering.choose(notice, "objected", channel="portal", actor=actor)

    def _freeze(self) -> None:
        """When the time to answer is over: silence lets go."""
        closing.carry_out()
        transfer = self._ours()
        self._officers.finish(transfer, "notice")
        with self._officers.acting() as officer:
            found = freezing.begin(transfer, actor=officer)
        freeze_job.work(found.pk)
        self._officers.finish(transfer, "freeze")

    def _invite(self) -> None:
        self._buyer.walk(until="receive")
        with self._officers.acting() as officer:
            invitations.enter(self._ours(), unpacked(self._buyer.invite()), actor=officer)

    def _pack(self) -> None:
        """The buyer names whom the package forgot; she is sent again, and nothing differs any more."""
        spoiling.spoil(LOST)
        try:
            self._receive(self._ordered(asking.order))
        finally:
            spoiling.spoiled()
        lost = [
            ref for what, ref, _part in self._buyer.reconcile()["differences"] if what == "lost"
        ]
        with scopes.acting(actors.system("demo")):
            again = list(Customer.objects.filter(ref__in=lost).values_list("pk", flat=True))
        self._receive(self._ordered(asking.again, again))
        self._officers.finish(self._ours(), "package")
        self._buyer.load()

    def _ordered(self, order: Callable[..., Approval], *more: Any) -> HandOver:
        transfer = self._ours()
        invitation = transfer.invitations.order_by("-pk")[0]
        with self._officers.acting() as officer:
            asked = order(transfer, invitation, *more, actor=officer)
        self._officers.approve(asked)
        return building.work(HandOver.objects.get(approval=asked).pk)

    def _receive(self, job: HandOver) -> None:
        path: Path = shelf.path_of(shelf.OUT, job.ref)
        self._buyer.lay_out(arrival=self._buyer.take(path=str(path)))

    def _sign(self) -> None:
        """Two people there, two people here, and the moment that both keep."""
        with self._officers.acting() as officer:
            accepting.enter(self._ours(), unpacked(self._buyer.accept()), actor=officer)
            asked = releasing.ask(
                self._ours(), live_at=clock.now() + timedelta(hours=_HOURS), actor=officer
            )  # fmt: skip
        self._officers.approve(asked)
        release = bytes(Receipt.objects.get(transfer=self._ours()).release)
        self._buyer.enter_release(paper=packed(release))

    def _pass(self) -> None:
        for receipt in ending.due():
            ending.act(receipt)
        self._buyer.sweep()
        self._officers.walk(self._ours())

    def _destroy(self) -> None:
        """What the law does not ask this house to keep of those who have gone, but hers."""
        reckoning.carry_out()
        batch = batches.propose()
        if batch is None:
            return
        with self._officers.acting() as officer:
            for book in set(batch.items.values_list("book", flat=True)) - {self._book.pk}:
                batches.exclude(batch, of={"book": book}, reason="另批办理", actor=officer)
            batches.exclude(batch, of={"subject": self._her}, reason=KEPT, actor=officer)
            asked = batches.submit(DestructionBatch.objects.get(pk=batch.pk), actor=officer)
        self._officers.approve(asked)
        executing.work(batch.pk)

    def end(self) -> None:
        """The supervisor sees it too."""
        self._officers.show(self._ours())


def bring(folder: Path, *, customers: int, day: date) -> Book:
    """The closed book, through the importer like everything else."""
    paths = old_book.write(folder, customers=customers, today=day)
    book = Book.objects.create(code=old_book.CODE, name=old_book.NAME, insurer=_own_name())
    runs.run_files(paths, book=book, actor=actors.system("importer"))
    return book


def _own_name() -> str:
    return str(settings.CUSTODIAN_INSURER_NAME["zh"])
