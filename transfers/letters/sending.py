"""Approved letters go out as a leased job: a row for each customer first, then the messages, page by page."""

from __future__ import annotations

from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock, failpoints
from records import bulk
from records.letters import batches, posting
from records.letters.batches import Progress, Sending, silent
from records.letters.posting import Matter
from transfers import faults
from transfers.letters import recipients, texts
from transfers.letters.recipients import Recipient
from transfers.models import LetterBatch, Transfer, TransferNotice

ACTOR: Final = "letters"
_COLUMNS: Final = {
    "ref": "uuid", "transfer_id": "bigint", "batch_id": "bigint", "subject_id": "bigint",
    "addressee_id": "bigint", "roles": "text", "asks": "bool", "way": "text", "state": "text",
    "note": "text", "turns": "smallint", "answer": "text",
}  # fmt: skip


def work(batch_id: int, *, on_progress: Progress = silent) -> LetterBatch:
    """Send a batch, or what is left of it. Raises `IllegalMove` when somebody is at it."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        rows = LetterBatch.objects.select_related("transfer__counterparty")
        batch: LetterBatch = rows.get(pk=batch_id)
        sending = Sending(
            matter=_matter(batch),
            name=lambda lease: _name(batch, lease),
            failpoint="letters-page",
            sent=lambda: int(batch.done),
            failed=lambda note: faults.job_failed(batch, "letters", note=note),
            done=lambda _note: faults.job_done(batch, "letters"),
        )
        batches.work(batch, sending, actor=actor, on_progress=on_progress)
    return batch


def _name(batch: LetterBatch, lease: UUID) -> None:
    """A row for everybody who is told, with the way that her letter goes."""
    today, transfer = clock.local().date(), batch.transfer
    asked = set(recipients.asked(transfer))
    after = int(batch.cursor.get("after", 0))
    while page := recipients.page(transfer, after=after, most=posting.PAGE, today=today):
        after = page[-1].subject
        with transaction.atomic():
            rows = [_row(batch, each, asked) for each in page]
            bulk.insert(
                "transfers_transfernotice", _COLUMNS, rows, conflict="ON CONFLICT DO NOTHING"
            )
            LetterBatch.objects.filter(pk=batch.pk).update(cursor={"after": after})
            batch.progress(lease, done=batch.done)
        failpoints.hit("letters-named")


def _row(batch: LetterBatch, each: Recipient, asked: set[str]) -> tuple[object, ...]:
    state = posting.begins(each.way)
    return (
        uuid4(), batch.transfer_id, batch.pk, each.subject, each.addressee, " ".join(each.roles),
        bool(asked & set(each.roles)), each.way.way, state, each.way.why[:24], 0, "",
    )  # fmt: skip


def _matter(batch: LetterBatch) -> Matter:
    return Matter(
        action=Action.LETTERS_SEND,
        facts={"transfer": batch.transfer.code, "letters": str(batch.ref)},
        written=lambda notice: texts.written(batch, asks=notice.asks),
        short=lambda _notice: texts.short(batch),
    )


def due() -> list[int]:
    """Approved batches that nobody is at."""
    with scopes.acting(actors.system(ACTOR)):
        return batches.due(LetterBatch.objects.due())


def again(transfer: Transfer, *, actor: Actor) -> int:
    """Those that reached nobody: the ways to them are looked up anew, and their batch goes on. How many."""
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.LETTERS_PROPOSE,
            channel=Channel.ADMIN,
            facts={"transfer": transfer.code, "outcome": "again"},
        )
        with scopes.acting(actors.system(ACTOR)):
            found = posting.look_again(TransferNotice.objects.filter(transfer=transfer))
            _go_on(transfer)
    return found


def _go_on(transfer: Transfer) -> None:
    from transfers.tasks import send_letters  # the task leads back here

    batches.go_on(LetterBatch.objects.filter(transfer=transfer), send_letters)
