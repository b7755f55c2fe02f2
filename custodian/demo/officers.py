"""Two officers of the demo carry a transfer on: one puts up, the other approves, stage after stage."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from uuid import UUID

from access import actors, approvals, scopes
from access.actors import Actor
from access.law.reading import today
from access.models import Approval, Case, User
from custodian import clock, pdf
from custodian.demo import assessments
from custodian.regimes.routes import Gate, RouteStage
from records.models import Book
from transfers import papers, progress, recording, routes, sight
from transfers.models import Counterparty, Transfer
from transfers.progress import gates

OFFICER, SECOND = "C0217", "C0218"


class Officers:
    """As the first acts, after a code just shown; and as the second says yes."""

    def __init__(self, people: Mapping[str, User]) -> None:
        self.first, self.second = people[OFFICER], people[SECOND]

    @contextmanager
    def acting(self) -> Iterator[Actor]:
        officer = actors.staff(self.first, stepped_up=True)
        with scopes.acting(officer):
            yield officer

    def approve(self, asked: Approval | None) -> None:
        """Where it takes two."""
        if asked is None:
            return
        other = actors.staff(self.second, stepped_up=True)
        with scopes.acting(other):
            approvals.approve(asked, seen=asked.digest, actor=other)

    def open(
        self, side: str, other: Counterparty, *, route: str, title: str, book: Book | None = None,
        ref: UUID | None = None,
    ) -> Transfer:  # fmt: skip
        with self.acting() as officer:
            asked = progress.open_transfer(
                side=side, counterparty=other, route=route, title=title, book=book, ref=ref, actor=officer,
            )  # fmt: skip
        self.approve(asked)
        return Transfer.objects.select_related("counterparty", "book").get(opening=asked)

    def file(self, transfer: Transfer, stage: str) -> None:
        """Every paper that the stage asks of this house."""
        with self.acting() as officer:
            for each in routes.stage_of(transfer, stage).papers:
                if not gates.demands(transfer, each):
                    continue
                if each.assessed:
                    assessments.of_transfer(transfer, first=self.first, second=self.second)
                    papers.file_assessed(transfer, stage, each.code, actor=officer)
                else:
                    content = paper(each.name, transfer.title)
                    papers.file(transfer, stage, each.code, content, actor=officer)

    def decided(self, transfer: Transfer, stage: RouteStage, number: str) -> None:
        """What an authority has decided, with its paper."""
        with self.acting() as officer:
            for gate in stage.gates:
                if gate.kind is Gate.DECISION and transfer.side in gate.of:
                    proof = paper("批复", number)
                    recording.record(
                        transfer, gate.code, day=today(), number=number, proof=proof, actor=officer
                    )  # fmt: skip

    def finish(self, transfer: Transfer, stage: str) -> None:
        with self.acting() as officer:
            asked = progress.finish(transfer, stage, actor=officer)
        self.approve(asked)

    def walk(self, transfer: Transfer, *, until: str = "", number: str = "") -> None:
        """Through its stages up to one; `number` is that of a decision on the way."""
        while (row := progress.now_at(transfer)) is not None and row.stage != until:
            self.file(transfer, row.stage)
            self.decided(transfer, routes.stage_of(transfer, row.stage), number)
            self.finish(transfer, row.stage)

    def show(self, transfer: Transfer) -> None:
        """To the supervisor whose case is open."""
        with self.acting() as officer:
            case = Case.objects.open().first()
            asked = sight.ask(transfer, case, actor=officer) if case else None
        self.approve(asked)


def paper(title: str, *lines: str) -> bytes:
    """It says of itself that it is none."""
    said = ["演示文件，并非真实文件", *lines]
    return pdf.compile_pdf("demo-paper.typ", {"title": title, "lines": said}, at=clock.now())
