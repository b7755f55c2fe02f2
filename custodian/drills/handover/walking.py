"""Both parties: the other insurer's key, the transfer, and its stages as the route wants them."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from custodian import clock
from custodian.drills.assessing import Words, carry
from custodian.drills.handover import people
from custodian.drills.handover.houses import packed, unpacked
from custodian.drills.handover.people import here
from custodian.regimes.calendars import DAY
from custodian.regimes.routes import Gate
from records.models import Book
from transfers import identity, papers, progress, recording, registering, routes
from transfers.models import IdentityKey, Transfer
from transfers.progress import gates

ROUTE: Final = "cn-merger"  # everybody is told, and silence lets go
_PAPER: Final = b"%PDF-1.7 a paper of the drill, and of nobody"


def card() -> str:
    return packed(identity.own_card())


def know(card: str, name: str) -> str:
    """Register the other insurer and confirm its key, by two; the fingerprint they compared."""
    with people.acting() as actor:
        terms = registering.Terms(
            kind="insurer", name=name, contact_phone="0516-8000000", answers=here.officers[0]
        )
        here.known = registering.register(terms, actor=actor)
        entered: IdentityKey = identity.enter(here.other, unpacked(card), actor=actor)
    people.approve(entered.approval)
    return identity.fingerprint(identity.key_of(here.other))


def open_transfer(side: str, ref: str = "", book: str = "XH") -> str:
    """By two; the reference that both parties use."""
    held = Book.objects.get_or_create(code=book, defaults={"name": book})[0]
    with people.acting() as actor:
        asked = progress.open_transfer(
            side=side,
            counterparty=here.other,
            route=ROUTE,
            title="演练转让",
            book=held,
            ref=UUID(ref) if ref else None,
            actor=actor,
        )
    people.approve(asked)
    found = Transfer.objects.get(opening=asked)
    here.transfer = found.pk
    return str(found.ref)


def walk(until: str = "") -> list[str]:
    """Through its stages up to one, with all papers and decisions of the route; those gone through."""
    transfer = here.open()
    gone: list[str] = []
    while (row := progress.now_at(transfer)) is not None and row.stage != until:
        fill(transfer, row.stage)
        with people.acting() as actor:
            asked = progress.finish(transfer, row.stage, actor=actor)
        people.approve(asked)
        gone.append(row.stage)
    return gone


def assess(transfer: Transfer) -> None:
    """By two, before anybody is shown anything."""
    said = "演练：不涉及任何真实的客户"
    words = Words(otherwise=said, measures=said, review_on=clock.local().date() + 30 * DAY)
    first, second = here.officers
    carry("transfer", transfer.code, "provide", words, first=first, second=second)


def fill(transfer: Transfer, stage: str) -> None:
    """File the papers and record the decisions that are not there yet."""
    found = routes.stage_of(transfer, stage)
    with people.acting() as actor:
        for each in found.papers:
            if not gates.demands(transfer, each) or gates.paper_of(transfer, stage, each.code):
                continue
            if each.assessed:
                assess(transfer)
                papers.file_assessed(transfer, stage, each.code, actor=actor)
            else:
                papers.file(transfer, stage, each.code, _PAPER, actor=actor)
        for gate in found.gates:
            if gate.kind is Gate.DECISION and gates.act_of(transfer, gate) is None:
                said: dict[str, Any] = {"number": "2026-117", "proof": _PAPER}
                day = clock.local().date()
                recording.record(transfer, gate.code, day=day, **said, actor=actor)


def file_papers() -> None:
    """Of the stage that runs."""
    transfer = here.open()
    row = progress.now_at(transfer)
    if row is not None:
        fill(transfer, row.stage)
