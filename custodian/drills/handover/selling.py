"""What the seller does, from the data room to the destruction of what he may no longer keep."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from access.models import Approval
from custodian import clock
from custodian.drills.handover import people
from custodian.drills.handover.houses import packed, unpacked
from custodian.drills.handover.people import here
from custodian.jobs import Job
from records.destruction import batches, executing
from records.models import Customer, DestructionBatch
from records.notices.contents import Both
from transfers import chosen, freezing, invitations
from transfers.choosing import approving, rules, selecting
from transfers.data_room import rooms
from transfers.freezing import freezing as freeze_job
from transfers.handing_over import asking, building
from transfers.letters import closing, drafting, printing, sending, texts
from transfers.models import (
    Chosen,
    Freeze,
    HandOver,
    LetterBatch,
    Receipt,
    Selection,
    TransferNotice,
)
from transfers.packages import shelf
from transfers.receipts import accepting, releasing

CONTACT: Final = Both("演练甲路1号，400-000-0000", "1 Drill Road, 400-000-0000")


@contextlib.contextmanager
def lapsed(model: type[Job], key: int) -> Iterator[None]:
    """As if the minute of whoever was killed at the job had passed."""
    model.objects.filter(pk=key).update(leased_until=clock.now() - timedelta(seconds=1))
    yield


def show_room() -> str:
    """Counts and masked samples for one person at the buyer; how the job ended."""
    with people.acting() as actor:
        room = rooms.ask(here.open(), recipient="演练丙", samples=5, days=9, actor=actor)
    people.approve(room.approval)
    return str(rooms.work(room.pk).status)


def choose() -> dict[str, Any]:
    """The whole book, by two."""
    transfer = here.open()
    with people.acting() as actor:
        begun = selecting.begin(transfer, rules.Rule(), actor=actor)
    selecting.work(begun.pk)
    with people.acting() as actor:
        asked = approving.submit(Selection.objects.get(pk=begun.pk), actor=actor)
    people.approve(asked)
    return chosen.counts(transfer)


def stay(number: int) -> list[str]:
    """A customer is barred from moving; who stays with her."""
    transfer = here.open()
    with people.system():
        customer = Customer.objects.order_by("pk")[number]
    with people.acting() as actor:
        chosen.bar(transfer, customer, "dispute", reason="演练", actor=actor)
    with people.system():
        out = Chosen.objects.filter(transfer=transfer, state=Chosen.State.OUT)
        refs = Customer.objects.filter(pk__in=out.values("subject")).values_list("ref", flat=True)
        return sorted(refs)


def write_letters() -> dict[str, Any]:
    """To everybody who moves, by two; how many went which way."""
    transfer = here.open()
    parts = {"contact": CONTACT, "recipient": Both(transfer.counterparty.name, "The other insurer")}
    with people.acting() as actor:
        letter = texts.Letter({**texts.proposed(transfer).parts, **parts})
        until = clock.local().date() + timedelta(days=1)
        batch = drafting.draft(transfer, letter, reply_by=until, actor=actor)
        asked = drafting.submit(batch, actor=actor)
    people.approve(asked)
    sending.work(LetterBatch.objects.get(approval=asked).pk)
    with people.acting() as actor:
        while _waiting().exists():
            printing.print_next(transfer, actor=actor)
    with people.system():
        rows = TransferNotice.objects.filter(transfer=transfer)
        found = {state: rows.filter(state=state).count() for state in ("sent", "printed", "failed")}
        why = rows.filter(state="failed").order_by("note").values_list("note", flat=True)
        return {**found, "why": sorted(set(why))}


def _waiting() -> Any:
    state = TransferNotice.State.TO_PRINT
    return TransferNotice.objects.filter(transfer_id=here.transfer, state=state)


def close_letters() -> None:
    """The sweep of the night after the last day to answer."""
    closing.carry_out()


def freeze() -> dict[str, str]:
    with people.acting() as actor:
        found: Freeze = freezing.begin(here.open(), actor=actor)
    freeze_job.work(found.pk)
    return {name: str(n) for name, n in freezing.totals(here.open()).counts.items()}


def enter_invitation(paper: str) -> str:
    with people.acting() as actor:
        return str(invitations.enter(here.open(), unpacked(paper), actor=actor).key)


def order() -> int:
    """The whole book, or what has changed since; the job."""
    transfer = here.open()
    with people.acting() as actor:
        invitation = transfer.invitations.order_by("-pk")[0]
        asked = asking.order(transfer, invitation, actor=actor)
    return _ordered(asked)


def order_again(refs: list[str]) -> int:
    """The same customers once more."""
    transfer = here.open()
    with people.system():
        rows = Customer.objects.filter(ref__in=refs)
        subjects = list(rows.values_list("subject_id", flat=True))
    with people.acting() as actor:
        invitation = transfer.invitations.order_by("-pk")[0]
        asked = asking.again(transfer, invitation, subjects, actor=actor)
    return _ordered(asked)


def _ordered(asked: Approval) -> int:
    people.approve(asked)
    return int(here.open().hand_overs.order_by("-number")[0].pk)


def pack(job: int) -> str:
    """The package, as it lies in the store."""
    with lapsed(HandOver, job):
        found: HandOver = building.work(job)
    return str(shelf.path_of(shelf.OUT, found.ref))


def enter_acceptance(paper: str) -> None:
    with people.acting() as actor:
        accepting.enter(here.open(), unpacked(paper), actor=actor)


def release(hours: int = 2) -> str:
    """By two, and from when on the buyer answers."""
    live_at = clock.now() + timedelta(hours=hours)
    with people.acting() as actor:
        asked = releasing.ask(here.open(), live_at=live_at, actor=actor)
    people.approve(asked)
    return packed(bytes(Receipt.objects.get(transfer=here.transfer).release))


def destroy() -> dict[str, Any]:
    """Whatever is due by now: a batch of the night, two people, a certificate."""
    batch = batches.propose()
    if batch is None:
        return {"certificate": False, "destroyed": 0}
    with people.acting() as actor:
        asked = batches.submit(batch, actor=actor)
    people.approve(asked)
    executing.work(batch.pk)
    with people.system():
        done = DestructionBatch.objects.get(pk=batch.pk)
        return {"certificate": bool(done.certificate), "destroyed": done.items.count()}
