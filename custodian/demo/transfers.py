"""The demo's portfolio transfers: one that is sold and in announcement, and one just opened as the buyer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from access import actors, approvals, scopes
from access.actors import Actor
from access.law.reading import today
from access.models import Approval, Case, User
from custodian import clock, pdf
from custodian.demo.diary import Steps
from custodian.regimes.calendars import DAY
from records.models import Book
from transfers import announcing, papers, progress, recording, routes, sight
from transfers.data_room import rooms
from transfers.models import Counterparty, DataRoom, Stage, Transfer
from transfers.progress import gates

OFFICER, SECOND = "C0217", "C0218"
BUYER, SELLER = "恒信人寿保险有限公司", "瑞禾人寿保险有限公司"
ROUTE: Final = "cn-voluntary"
TITLE: Final = "青禾账册转让"
# What the seller of the other transfer would have told: the two houses know it by one reference.
THEIRS: Final = UUID("7f3a0c1e-5d2b-4b8e-9c47-2a6d1e0f9b35")
PAPERS: Final = ("金融时报", "上海证券报")


class Transfers:
    def __init__(self, people: Mapping[str, User], begin: datetime) -> None:
        self._people = people
        # Nobody approves in the first days of an office.
        plan: Iterable[tuple[int, Callable[[], None]]] = (
            (5, self._open),
            (6, self._board),
            (7, self._ask_room),
            (8, self._make_room),
            (12, self._leave_room),
            (17, self._approval),
            (18, self._announce),
            (19, self._print),
            (22, self._print),
            (23, self._sweep),
            (25, self._open_as_buyer),
        )
        self.steps: Steps = [
            (begin + timedelta(days=day, hours=10, minutes=at), step)
            for at, (day, step) in enumerate(plan)
        ]

    def end(self) -> None:
        """In the end a supervisor is let in."""
        with scopes.acting(actors.system("demo")):
            transfer = self._ours()
        with self._acting() as officer:
            case = Case.objects.open().first()
            asked = sight.ask(transfer, case, actor=officer) if case else None
        if asked is not None:
            self._approve(asked)

    @contextmanager
    def _acting(self) -> Iterator[Actor]:
        officer = actors.staff(self._people[OFFICER], stepped_up=True)
        with scopes.acting(officer):
            yield officer

    def _ours(self) -> Transfer:
        return Transfer.objects.select_related("counterparty", "book").get(title=TITLE)

    def _open(self) -> None:
        book = Book.objects.order_by("pk").first()
        buyer = Counterparty.objects.get_or_create(
            name=BUYER, defaults={"kind": Counterparty.Kind.INSURER}
        )[0]
        with self._acting() as officer:
            asked = progress.open_transfer(
                side=Transfer.Side.SELLER, counterparty=buyer, route=ROUTE, title=TITLE, book=book,
                actor=officer,
            )  # fmt: skip
        self._approve(asked)

    def _board(self) -> None:
        with self._acting() as officer:
            self._file(Stage.BOARD, actor=officer)
        self._finish(Stage.BOARD)

    def _ask_room(self) -> None:
        with self._acting() as officer:
            self._file(Stage.DATA_ROOM, actor=officer)
            room = rooms.ask(self._ours(), recipient="吴越", samples=20, days=14, actor=officer)
        self._approve(room.approval)

    def _make_room(self) -> None:
        rooms.work(DataRoom.objects.values_list("pk", flat=True).get())

    def _leave_room(self) -> None:
        self._finish(Stage.DATA_ROOM)

    def _approval(self) -> None:
        with self._acting() as officer:
            transfer = self._ours()
            self._file(Stage.APPROVAL, actor=officer)
            number = f"金复〔{today().year}〕117号"
            recording.record(
                transfer, "approval", day=today(), number=number, proof=paper("批复", number), actor=officer
            )  # fmt: skip
        self._finish(Stage.APPROVAL)

    def _announce(self) -> None:
        with self._acting() as officer:
            transfer = self._ours()
            asked = announcing.propose(
                transfer, announcing.compose(transfer), answer_by=today() + 45 * DAY, actor=officer
            )
        self._approve(asked)
        with self._acting() as officer:
            recording.publish(
                transfer, medium="website", name=BUYER, day=today(), side=Transfer.Side.BUYER,
                proof=paper("网站公告截图", BUYER), actor=officer,
            )  # fmt: skip

    def _print(self) -> None:
        with self._acting() as officer:
            transfer = self._ours()
            name = PAPERS[transfer.publications.filter(medium="paper").count() % len(PAPERS)]
            recording.publish(
                transfer, medium="paper", name=name, day=today(), proof=paper("报纸公告", name), actor=officer
            )  # fmt: skip

    def _sweep(self) -> None:
        """The data room has had its time."""
        rooms.expire()

    def _open_as_buyer(self) -> None:
        seller = Counterparty.objects.get_or_create(
            name=SELLER, defaults={"kind": Counterparty.Kind.INSURER}
        )[0]
        with self._acting() as officer:
            asked = progress.open_transfer(
                side=Transfer.Side.BUYER, counterparty=seller, route=ROUTE, title="瑞禾长期险业务受让",
                book=None, ref=THEIRS, actor=officer,
            )  # fmt: skip
        self._approve(asked)

    def _file(self, stage: str, *, actor: Actor) -> None:
        transfer = self._ours()
        for each in routes.stage_of(transfer, stage).papers:
            if gates.demands(transfer, each):
                content = paper(each.name, transfer.title)
                papers.file(transfer, stage, each.code, content, actor=actor)

    def _finish(self, stage: str) -> None:
        with self._acting() as officer:
            asked = progress.finish(self._ours(), stage, actor=officer)
        if asked is not None:
            self._approve(asked)

    def _approve(self, asked: Approval) -> None:
        other = actors.staff(self._people[SECOND], stepped_up=True)
        with scopes.acting(other):
            approvals.approve(asked, seen=asked.digest, actor=other)


def paper(title: str, *lines: str) -> bytes:
    """It says of itself that it is none."""
    said = ["演示文件，并非真实文件", *lines]
    return pdf.compile_pdf("demo-paper.typ", {"title": title, "lines": said}, at=clock.now())
