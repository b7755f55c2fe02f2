"""Approved letters go out as a leased job: a row for each customer first, then the messages, page by page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final
from uuid import UUID, uuid4

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import Unavailable
from custodian.jobs import JOB, JobStatus, wake
from custodian.workflow import IllegalMove
from records import bulk
from records.letters import posting
from records.letters.posting import Matter
from transfers import faults
from transfers.letters import recipients, texts
from transfers.letters.recipients import Recipient
from transfers.models import LetterBatch, Transfer, TransferNotice

ACTOR: Final = "letters"
State = TransferNotice.State
_COLUMNS: Final = {
    "ref": "uuid", "transfer_id": "bigint", "batch_id": "bigint", "subject_id": "bigint",
    "addressee_id": "bigint", "roles": "text", "asks": "bool", "way": "text", "state": "text",
    "note": "text", "turns": "smallint", "answer": "text",
}  # fmt: skip
Progress = Callable[[LetterBatch], None]


def silent(_batch: LetterBatch) -> None:
    """Nobody watches."""


def work(batch_id: int, *, on_progress: Progress = silent) -> LetterBatch:
    """Send a batch, or what is left of it. Raises `IllegalMove` when somebody is at it."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        batch: LetterBatch = LetterBatch.objects.select_related("transfer__counterparty").get(
            pk=batch_id
        )
        if batch.stage != LetterBatch.Stage.APPROVED:
            raise IllegalMove
        lease = batch.claim()
        try:
            _run(batch, lease, actor, on_progress)
        except (IllegalMove, Unavailable):
            raise
        except Exception as error:
            # By its kind alone: a message may hold an address.
            with transaction.atomic():
                batch.progress(lease, done=batch.done)
                note = type(error).__name__
                JOB.move(batch, "fail", {"note": note})
                faults.job_failed(batch, "letters", note=note)
            raise
    return batch


def _run(batch: LetterBatch, lease: UUID, actor: Actor, on_progress: Progress) -> None:
    _name(batch, lease)
    matter = _matter(batch)
    while page := posting.waiting(batch.notices.all()):
        posting.send(matter, page, actor=actor)
        batch.progress(lease, done=batch.done + len(page))
        on_progress(batch)
        failpoints.hit("letters-page")
    with transaction.atomic():
        batch.progress(lease, done=batch.done)
        JOB.move(batch, "finish", {"finished_at": clock.now(), "note": ""})
        faults.job_done(batch, "letters")
        facts = {"transfer": batch.transfer.code, "letters": str(batch.ref), "sent": batch.done}
        gate.authorise(actor, Action.LETTERS_SEND, channel=Channel.TASK, facts=facts)


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
    total = batch.notices.filter(way__in=posting.BY_MESSAGE).count()
    LetterBatch.objects.filter(pk=batch.pk).update(total=total)
    batch.total = total


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
    approved = LetterBatch.objects.due().filter(stage=LetterBatch.Stage.APPROVED)
    with scopes.acting(actors.system(ACTOR)):
        return list(approved.values_list("pk", flat=True))


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

    waiting = LetterBatch.objects.filter(
        transfer=transfer, status=JobStatus.DONE, notices__state=State.WAITING
    )
    for batch in waiting.distinct():
        LetterBatch.objects.filter(pk=batch.pk).update(status=JobStatus.QUEUED, leased_until=None)
        wake(send_letters, batch.pk)
