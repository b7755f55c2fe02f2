"""Both books: their files, the people of theirs whom a newcomer can be, and the days of their ways."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Final

from python_calamine import CalamineWorkbook

from access import actors, scopes
from access.models import User
from custodian.demo import portal
from custodian.demo.diary import Steps
from custodian.demo.insurer import Manifest, mutual, places
from custodian.demo.insurer.book import CUSTOMERS
from custodian.demo.insurer.parties import RESIDENT_ID, Party
from custodian.demo.moving import handed_over
from custodian.demo.moving.handed_over import HandedOver
from custodian.demo.moving.received import Received
from custodian.demo.transfers import told
from custodian.drills.handover.houses import House

GONE, ARRIVED = "customer.gone", "customer.arrived"
FEWEST, MOST = 12, 30  # in each of the two
SHARE: Final = 12  # of the insurer's customers one in so many


class Books:
    """The closed book is imported at once; the mutual's files lie ready for their day."""

    def __init__(
        self, people: Mapping[str, User], begin: datetime, *, manifest: Manifest, folder: Path, buyer: House
    ) -> None:  # fmt: skip
        self.steps: Steps = []
        self._move = told()
        if not self._move:
            return
        count = min(MOST, max(FEWEST, manifest.rows("customers") // SHARE))
        day = date.fromisoformat(manifest.today)
        book = handed_over.bring(folder / "closed-book", customers=count, day=day)
        came = mutual.write(
            folder / "mutual", members=count, known=_known(manifest, folder), today=day
        )
        waits = mutual.write_next(folder / "next-mutual", members=FEWEST, today=day)
        her = portal.one_of(book)
        portal.add(GONE, her)
        self._gone = HandedOver(people, begin, book=book, her=her, buyer=buyer)
        self._came = Received(people, begin, came=came, waits=waits)
        self.steps = [*self._gone.steps, *self._came.steps]

    def end(self) -> None:
        if not self._move:
            return
        self._gone.end()
        self._came.end()
        with scopes.acting(actors.system("demo")):
            portal.add(ARRIVED, portal.one_of(self._came.book))


def _known(manifest: Manifest, folder: Path) -> Party:
    """Some customer of the insurer's own, as its file has her: she is a member of the mutual too."""
    facts = manifest.facts
    served = {key for keys in facts.portfolios.values() for key in keys}
    spared = {*facts.honey, *facts.targets, *facts.minors, *(row.key for row in manifest.bad_rows)}
    sheet = CalamineWorkbook.from_path(str(folder / CUSTOMERS)).get_sheet_by_name("个人客户")
    heads, *rows = sheet.to_python()
    for cells in reversed(rows):  # whom a newcomer can be is among the first
        said = {str(head): str(cell) for head, cell in zip(heads, cells, strict=True)}
        grown = said["证件类型"] == RESIDENT_ID and said["银行账号"]
        if grown and said["客户号"] in served - spared:
            return Party(
                key="", name=said["姓名"], place=places.TAIZHOU[0], address=said["联系地址"],
                id_type=RESIDENT_ID, id_number=said["证件号码"], sex=said["性别"], mobile=said["手机号码"],
            )  # fmt: skip
    raise LookupError
