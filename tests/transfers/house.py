"""What the tests of transfers look at: two officers, a book, another insurer, and papers for every gate."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from access import actors, approvals, keystore, scopes
from access.law.reading import today
from access.models import Approval, User
from access.sealed_files import Sealing
from access.vocabulary import Role
from custodian import clock
from custodian.regimes import deadlines
from custodian.regimes.routes import Gate
from records.models import Book
from tests import estate
from tests.records import assessed, desk_estate
from transfers import announcing, assessing, papers, progress, routes
from transfers.data_room.shelf import SHELF
from transfers.models import (
    Counterparty,
    DataRoom,
    Publication,
    Stage,
    Transfer,
    TransferAct,
    TransferClock,
    TransferPaper,
)
from transfers.progress import checks, gates

LONG_AGO = date(2026, 1, 5)
PDF = b"%PDF-1.7 what the board resolved"


@dataclass
class House:
    first: User = field(default_factory=lambda: estate.user(Role.COMPLIANCE_OFFICER, name="陈静"))
    second: User = field(default_factory=lambda: estate.user(Role.COMPLIANCE_OFFICER, name="刘敏"))

    def __post_init__(self) -> None:
        desk_estate.open_all_day()
        self.book = Book.objects.get_or_create(code="XH", defaults={"name": "徐汇账册"})[0]
        self.other = Counterparty.objects.create(
            kind=Counterparty.Kind.INSURER, name="恒信人寿保险有限公司"
        )

    def asked(self, **more: Any) -> Approval:
        said: dict[str, Any] = {
            "side": "seller", "counterparty": self.other, "route": "cn-voluntary",
            "title": "徐汇账册转让", "book": self.book,
        }  # fmt: skip
        with estate.acting(self.first, stepped_up=True) as actor:
            return progress.open_transfer(**{**said, **more}, actor=actor)

    def transfer(self, **more: Any) -> Transfer:
        approval = self.asked(**more)
        self.approve(approval)
        return Transfer.objects.get(opening=approval)

    def approve(self, approval: Approval, *, by: User | None = None) -> None:
        with estate.acting(by or self.second, stepped_up=True) as actor:
            approvals.approve(approval, seen=approval.digest, actor=actor)

    def finish(self, transfer: Transfer, stage: str) -> None:
        """As the route says: alone, or with the second officer."""
        with estate.acting(self.first, stepped_up=True) as actor:
            approval = progress.finish(transfer, stage, actor=actor)
        if approval is not None:
            self.approve(approval)

    def paper(self, transfer: Transfer, stage: str, code: str) -> TransferPaper:
        return TransferPaper.objects.create(
            transfer=transfer, stage=stage, code=code, name=code, length=1, sha256=uuid.uuid4().hex * 2,
            media_type="application/pdf", filed_by=self.first,
        )  # fmt: skip

    def file(
        self, transfer: Transfer, stage: str, code: str, *, content: bytes = PDF, name: str = ""
    ) -> TransferPaper:
        with estate.acting(self.first, stepped_up=True) as actor:
            return papers.file(transfer, stage, code, content, name=name, actor=actor)

    def publish_ours(self, transfer: Transfer) -> None:
        """On this insurer's own page, by two officers."""
        with estate.acting(self.first, stepped_up=True) as actor:
            approval = announcing.propose(transfer, announcing.compose(transfer), actor=actor)
        self.approve(approval)

    def fill(self, transfer: Transfer, stage: str) -> None:
        """Everything that the route asks of this side, except for what capabilities say."""
        found = routes.stage_of(transfer, stage)
        for paper in found.papers:
            if gates.demands(transfer, paper):
                if paper.assessed:
                    self.assess(transfer)
                self.paper(transfer, stage, paper.code)
        for gate in found.gates:
            if gate.kind is not Gate.WORK:
                self._meet(transfer, stage, gate)

    def assess(self, transfer: Transfer) -> None:
        """Whoever gives customers away has assessed it before, unless a test has."""
        if not assessing.verdict(assessing.of_transfer(transfer)).ok:
            assessed.approved(
                "transfer", transfer.code, "provide", first=self.first, second=self.second
            )

    def _meet(self, transfer: Transfer, stage: str, gate: Any) -> None:
        proof = self.paper(transfer, stage, gate.code)
        if gate.kind is Gate.DECISION:
            TransferAct.objects.create(
                transfer=transfer, stage=stage, gate=gate.code, day=LONG_AGO, number="2026-117",
                paper=proof, recorded_by=self.first,
            )  # fmt: skip
        if gate.kind is Gate.CLOCK:
            TransferClock.objects.create(
                transfer=transfer,
                stage=stage,
                rule=gate.clock,
                started_at=deadlines.end_of(LONG_AGO),
            )
        for number in range(3 if gate.kind is Gate.PRINTED else 0):
            Publication.objects.create(
                transfer=transfer, medium=gate.medium, name=f"{gate.code} {number}", day=LONG_AGO,
                paper=proof, recorded_by=self.first,
            )  # fmt: skip
        for side in gate.sites:
            Publication.objects.create(
                transfer=transfer, medium="website", side=side, name=side, day=LONG_AGO,
                paper=proof, recorded_by=self.first,
            )  # fmt: skip

    def walk(self, transfer: Transfer, *, until: str = "") -> list[str]:
        """Through its stages, up to one; those that it went through."""
        gone: list[str] = []
        while (row := progress.now_at(transfer)) is not None and row.stage != until:
            self.fill(transfer, row.stage)
            self.finish(transfer, row.stage)
            gone.append(row.stage)
        transfer.refresh_from_db()
        return gone


def jump(transfer: Transfer, stage: str) -> None:
    """As if everything before had been done."""
    rows = transfer.stages.order_by("pk")
    rows.filter(state="now").update(state="waiting")
    for row in rows:
        if row.stage == stage:
            break
        type(row).objects.filter(pk=row.pk).update(state="done", done_at=clock.now())
    rows.filter(stage=stage).update(state="now")


def ready_room(transfer: Transfer, *, asker: User) -> DataRoom:
    """A data room that is made; what is in it is none."""
    with scopes.acting(actors.staff(asker)) as actor:
        approval = approvals.request("data-room", {"transfer": transfer.code}, actor=actor)
    ref = uuid.uuid4()
    with scopes.acting(estate.system()):
        room = DataRoom.objects.create(
            ref=ref, transfer=transfer, book=transfer.book, number=1, recipient="吴越", samples=0, days=9,
            requested_by=asker, approval=approval, approved_at=clock.now(), status="done", length=3,
            sha256="0" * 64, expires_at=clock.now() + timedelta(days=9),
            holding=keystore.named_holding(SHELF.holding(ref)),
        )  # fmt: skip
        sealing = Sealing(ref, SHELF)
        sealing.write(b"zip")
        sealing.keep()
    return room


def everything_done(monkeypatch: Any, *, except_for: str = "") -> dict[str, list[progress.Missing]]:
    """Fakes for the capabilities of all stages: what each of them misses can be set by stage."""
    missing: dict[str, list[progress.Missing]] = {stage.value: [] for stage in Stage}

    def said_of(stage: str) -> Callable[[Transfer], list[progress.Missing]]:
        return lambda transfer: missing[stage]

    fakes = {stage: [said_of(stage)] for stage in missing if stage != except_for}
    monkeypatch.setattr(checks, "_checks", fakes)
    return missing


__all__ = ["LONG_AGO", "PDF", "House", "everything_done", "today"]
