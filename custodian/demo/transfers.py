"""The demo's portfolio transfers: one that is sold and in announcement, and one just opened as the buyer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from access import actors, scopes
from access.law.reading import today
from access.models import User
from custodian.demo.diary import Steps
from custodian.demo.officers import Officers, paper
from custodian.regimes.calendars import DAY
from records.models import Book
from transfers import announcing, recording, routes
from transfers.data_room import rooms
from transfers.models import Counterparty, DataRoom, Stage, Transfer

BUYER, SELLER = "恒信人寿保险有限公司", "瑞禾人寿保险有限公司"
PHONE, EMAIL = "400-800-5566", "transfer@hengxin.example"
BUYER_EN, SELLER_EN = "Hengxin Life Insurance Co., Ltd", "Ruihe Life Insurance Co., Ltd"
ROUTE: Final = "cn-voluntary"
TITLE: Final = "青禾账册转让"
# What the seller of the other transfer would have told: the two houses know it by one reference.
THEIRS: Final = UUID("7f3a0c1e-5d2b-4b8e-9c47-2a6d1e0f9b35")
Plan = Iterable[tuple[int, Callable[[], None]]]
PAPERS: Final = ("金融时报", "上海证券报")


def told() -> bool:
    """Whether the law is the one by which the demo's books move; elsewhere only the first route is begun."""
    return ROUTE in routes.offered()


class Transfers:
    def __init__(self, people: Mapping[str, User], begin: datetime) -> None:
        self._officers = Officers(people)
        self._route = ROUTE if told() else next(iter(routes.offered()), "")
        plan = self._whole() if told() else self._begun()
        self.steps: Steps = [
            (begin + timedelta(days=day, hours=10, minutes=at), step)
            for at, (day, step) in enumerate(plan)
        ]

    def _begun(self) -> Plan:
        return ((5, self._open), (6, self._board)) if self._route else ()

    def _whole(self) -> Plan:
        # Nobody approves in the first days of an office.
        return (
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

    def end(self) -> None:
        """In the end a supervisor is let in."""
        if not self._route:
            return
        with scopes.acting(actors.system("demo")):
            transfer = self._ours()
        self._officers.show(transfer)

    def _ours(self) -> Transfer:
        return Transfer.objects.select_related("counterparty", "book").get(title=TITLE)

    def _open(self) -> None:
        book = Book.objects.order_by("pk").first()
        buyer = Counterparty.objects.get_or_create(
            name=BUYER,
            defaults={
                "kind": Counterparty.Kind.INSURER, "name_en": BUYER_EN,
                "contact_phone": PHONE, "contact_email": EMAIL,
            },
        )[0]  # fmt: skip
        self._officers.open("seller", buyer, route=self._route, title=TITLE, book=book)

    def _board(self) -> None:
        self._officers.walk(self._ours(), until=Stage.DATA_ROOM)

    def _ask_room(self) -> None:
        transfer = self._ours()
        self._officers.file(transfer, Stage.DATA_ROOM)
        with self._officers.acting() as officer:
            room = rooms.ask(transfer, recipient="吴越", samples=20, days=14, actor=officer)
        self._officers.approve(room.approval)

    def _make_room(self) -> None:
        rooms.work(DataRoom.objects.get(transfer=self._ours()).pk)

    def _leave_room(self) -> None:
        self._officers.finish(self._ours(), Stage.DATA_ROOM)

    def _approval(self) -> None:
        self._officers.walk(self._ours(), until=Stage.NOTICE, number=f"金复〔{today().year}〕117号")

    def _announce(self) -> None:
        with self._officers.acting() as officer:
            transfer = self._ours()
            asked = announcing.propose(
                transfer, announcing.compose(transfer), answer_by=today() + 45 * DAY, actor=officer
            )
        self._officers.approve(asked)
        with self._officers.acting() as officer:
            recording.publish(
                transfer, medium="website", name=BUYER, day=today(), side=Transfer.Side.BUYER,
                proof=paper("网站公告截图", BUYER), actor=officer,
            )  # fmt: skip

    def _print(self) -> None:
        with self._officers.acting() as officer:
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
            name=SELLER, defaults={"kind": Counterparty.Kind.INSURER, "name_en": SELLER_EN}
        )[0]
        self._officers.open("buyer", seller, route=ROUTE, title="瑞禾长期险业务受让", ref=THEIRS)
