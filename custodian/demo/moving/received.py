"""A small mutual without such a system joins the insurer: its files are mapped, put right and let live."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Final

from access import gate
from access.actions import Action
from access.law.reading import today
from access.models import Unit, User
from access.vocabulary import Purpose
from custodian import clock
from custodian.demo.diary import Steps
from custodian.demo.insurer import mutual
from custodian.demo.insurer.mutual import Written
from custodian.demo.insurer.staff import TAIZHOU
from custodian.demo.officers import Officers, paper
from custodian.regimes.calendars import DAY
from records.importing import engine, fixing, runs, saved, surveying
from records.importing import mapping as mappings
from records.models import Book, FileSurvey, ImportRun, QuarantinedRow
from records.notices.contents import Both
from transfers import registering
from transfers.hundred_days import remedying, report
from transfers.legacy import counting, loading, releasing, stating, taking
from transfers.legacy.sealing import Sum
from transfers.letters import arrived, drafting, printing, sending, texts
from transfers.models import Counterparty, LetterBatch, Remedy, Transfer, TransferNotice
from transfers.receipts import accepting, ending
from transfers.stocktaking import taking as stock

TITLE: Final = "稻香互助社并入"
NEXT_TITLE: Final = "石桥互助社并入"
ROUTE: Final = "cn-merger"
MAPPING: Final = "稻香旧账"
CONTACT: Final = Both("客户服务热线 0516-8000 0100", "Service line 0516-8000 0100")
DESK: Final = "K0501"


class Received:
    """What the mutual hands over was written before; here it is taken in."""

    def __init__(
        self, people: Mapping[str, User], begin: datetime, *, came: Written, waits: Path
    ) -> None:
        self._officers, self._came, self._waits = Officers(people), came, waits
        self._desk = people[DESK]
        plan: Iterable[tuple[int, Callable[[], None]]] = (
            (6, self._open),
            (10, self._take),
            (11, self._load),
            (12, self._mend),
            (13, self._accept),
            (14, self._release),
            (15, self._pass),
            (16, self._write),
            (17, self._count),
            (24, self._count_again),
            (26, self._take_next),
        )
        self.steps: Steps = [
            (begin + timedelta(days=day, hours=4, minutes=41), step) for day, step in plan
        ]

    @property
    def book(self) -> Book:
        book = self._ours().book
        assert book is not None  # noqa: S101  a book of its own, since it was opened
        return book

    def _ours(self) -> Transfer:
        return Transfer.objects.select_related("counterparty", "book").get(title=TITLE)

    def _open(self) -> None:
        names = mutual.NAME, mutual.NAME_EN
        self._expected(TITLE, *names, phone="0523-8120 6611", number=f"金复〔{today().year}〕61号")

    def _expected(
        self, title: str, name: str, name_en: str, *, phone: str, number: str
    ) -> Transfer:
        """Up to the stage at which files come."""
        officers = self._officers
        with officers.acting() as officer:
            terms = registering.Terms(
                kind=Counterparty.Kind.INSURER, name=name, name_en=name_en, contact_phone=phone,
                answers=officers.first,
            )  # fmt: skip
            other = registering.register(terms, actor=officer)
        opened = officers.open("buyer", other, route=ROUTE, title=title)
        officers.walk(opened, until="receive", number=number)
        return opened

    def _take(self) -> None:
        """Sealed, surveyed, mapped and gone through; nothing is in the tables yet."""
        with self._officers.acting() as officer:
            saved.save(MAPPING, mappings.load(mutual.MAPPING), actor=officer)
        self._rehearsed(self._came.files)

    def _taken(self, transfer: Transfer, paths: Sequence[Path], mapping: str = "") -> ImportRun:
        with self._officers.acting() as officer:
            run = taking.take(
                transfer, runs.receive(paths), unit=Unit.objects.get(code=TAIZHOU.code), name=mapping,
                channel="admin", actor=officer,
            )  # fmt: skip
        for survey in FileSurvey.objects.filter(file__run=run).order_by("pk"):
            surveying.work(survey.pk)
        return run

    def _rehearsed(self, paths: Sequence[Path]) -> ImportRun:
        transfer = self._ours()
        run = self._taken(transfer, paths, MAPPING)
        with self._officers.acting() as officer:
            taking.rehearse(transfer, run, mappings.load(run.mapping["toml"]), actor=officer)
        return engine.work(run.pk)

    def _load(self) -> None:
        self._order(ImportRun.objects.filter(arriving=self._ours().ref).latest("pk"))

    def _order(self, rehearsal: ImportRun) -> None:
        transfer = self._ours()
        with self._officers.acting() as officer:
            asked = loading.ask(transfer, rehearsal, actor=officer)
        self._officers.approve(asked)
        engine.work(transfer.files_loads.get(approval=asked).run_id)

    def _mend(self) -> None:
        """One row here, by the seller's word; the others as it sends them once more."""
        waiting = QuarantinedRow.objects.filter(run__arriving=self._ours().ref, status="open")
        row = waiting.get(kind="customer")
        with self._officers.acting() as officer:
            permit = gate.permit(
                officer, Action.QUARANTINE_READ, purpose=Purpose.COMPLIANCE.value, channel="admin",
                facts={"row": str(row.ref)},
            )  # fmt: skip
            wrong, right = self._came.put_right
            cells = [
                right if each == wrong else each for each in fixing.opened(row, permit=permit).cells
            ]
            fixing.fix(row, cells, channel="admin", actor=officer)
        self._order(self._rehearsed(self._came.later))

    def _accept(self) -> None:
        """The seller's paper says what it gave, and every line of it stands in the tables."""
        transfer = self._ours()
        job = counting.begin(transfer)
        if job is not None:
            counting.work(job.pk)
        sums = {category: Sum(*both) for category, both in self._came.sums.items()}
        lines = [f"{name} {count}" for name, count in self._came.counts.items()]
        self._officers.finish(transfer, "receive")
        with self._officers.acting() as officer:
            stating.enter(
                transfer, self._came.counts, sums, paper("移交清单", mutual.NAME, *lines), actor=officer
            )  # fmt: skip
            asked = accepting.ask(transfer, actor=officer)
        self._officers.approve(asked)
        self._officers.finish(self._ours(), "reconcile")

    def _release(self) -> None:
        moment = clock.now() + 20 * DAY / 24
        said = paper("交接确认", mutual.NAME, f"{clock.local(moment):%Y-%m-%d %H:%M}")
        with self._officers.acting() as officer:
            asked = releasing.ask(self._ours(), said, live_at=moment, actor=officer)
        self._officers.approve(asked)

    def _pass(self) -> None:
        for receipt in ending.due():
            ending.act(receipt)
        self._officers.walk(self._ours())

    def _write(self) -> None:
        """The buyer tells who arrived who it is and what it holds."""
        transfer = self._ours()
        with self._officers.acting() as officer:
            letter = texts.Letter({**texts.proposed(transfer).parts, "contact": CONTACT})
            batch = drafting.draft(transfer, letter, reply_by=None, actor=officer)
            asked = drafting.submit(batch, actor=officer)
        self._officers.approve(asked)
        sending.work(LetterBatch.objects.get(approval=asked).pk)
        with self._officers.acting() as officer:
            waiting = TransferNotice.objects.filter(
                transfer=transfer, state=TransferNotice.State.TO_PRINT
            )
            if waiting.exists():
                printing.print_next(transfer, actor=officer)
        arrived.carry_out()

    def _count(self) -> None:
        """What is missing gets an owner and a day."""
        found = self._counted()
        due = iter(clock.local().date() + n * DAY for n in (25, 60, 80))
        for line in report.missing(found)[:2]:
            self._remedy("missing", line, f"回访补齐：{line.label}", next(due))
        self._remedy(
            "archive", report.without_application(found), "向稻香社旧档案室调取投保单", next(due)
        )

    def _counted(self) -> report.Report:
        with self._officers.acting() as officer:
            begun = stock.begin(self._ours(), actor=officer)
        stock.work(begun.pk)
        found = report.of(self._ours())
        assert found is not None  # noqa: S101  it was counted just now
        return found

    def _remedy(self, what: str, line: report.Counted, says: str, due_on: date) -> None:
        with self._officers.acting() as officer:
            remedying.begin(
                self._ours(), what=what, code=line.code, says=says, count=line.count,
                owner=self._desk, due_on=due_on, actor=officer,
            )  # fmt: skip

    def _count_again(self) -> None:
        row = Remedy.objects.filter(transfer=self._ours()).last()
        if row is not None:
            with self._officers.acting() as officer:
                remedying.end(row, done=True, reason="旧档案已扫描归档", actor=officer)
        self._counted()

    def _take_next(self) -> None:
        """Another mutual's first file waits for somebody who says what its columns mean."""
        transfer = self._expected(
            NEXT_TITLE, mutual.NEXT, mutual.NEXT_EN, phone="0523-8633 0927",
            number=f"金复〔{today().year}〕133号",
        )  # fmt: skip
        self._taken(transfer, [self._waits])

    def end(self) -> None:
        self._officers.show(self._ours())
