"""Approved letters go out as a leased job: a row for each customer first, then the messages, page by page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import F
from django.utils.translation import override

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import Unavailable
from custodian.jobs import JOB, JobStatus, wake
from custodian.workflow import IllegalMove
from records import bulk
from records.notices import delivering
from records.notices.contents import TAGS
from records.sign_in.contacts import Address
from transfers import faults
from transfers.letters import recipients, texts
from transfers.letters.recipients import Recipient
from transfers.models import LetterBatch, Transfer, TransferNotice

ACTOR: Final = "letters"
PAGE: Final = 200
TURNS: Final = 3
Way, State = TransferNotice.Way, TransferNotice.State
BY_MESSAGE: Final = (Way.EMAIL, Way.MOBILE)
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
    while page := _waiting(batch):
        _send(batch, page, actor=actor)
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
    while page := recipients.page(transfer, after=after, most=PAGE, today=today):
        after = page[-1].subject
        with transaction.atomic():
            rows = [_row(batch, each, asked) for each in page]
            bulk.insert(
                "transfers_transfernotice", _COLUMNS, rows, conflict="ON CONFLICT DO NOTHING"
            )
            LetterBatch.objects.filter(pk=batch.pk).update(cursor={"after": after})
            batch.progress(lease, done=batch.done)
        failpoints.hit("letters-named")
    total = batch.notices.filter(way__in=BY_MESSAGE).count()
    LetterBatch.objects.filter(pk=batch.pk).update(total=total)
    batch.total = total


def _row(batch: LetterBatch, each: Recipient, asked: set[str]) -> tuple[object, ...]:
    states = {Way.LETTER: State.TO_PRINT, Way.NONE: State.FAILED}
    state = states.get(Way(each.way.way), State.WAITING)
    return (
        uuid4(), batch.transfer_id, batch.pk, each.subject, each.addressee, " ".join(each.roles),
        bool(asked & set(each.roles)), each.way.way, state.value, each.way.why[:24], 0, "",
    )  # fmt: skip


def _waiting(batch: LetterBatch) -> list[TransferNotice]:
    rows = batch.notices.filter(state=State.WAITING).order_by("turns", "pk")
    return list(rows[:PAGE])


def _send(batch: LetterBatch, page: Sequence[TransferNotice], *, actor: Actor) -> None:
    """Each is noted as soon as it went: a kill loses one, and the gateway knows its reference."""
    wanted = {each.addressee_id: each.way for each in page}
    opened = delivering.addresses(
        wanted,
        action=Action.LETTERS_SEND,
        facts={"transfer": batch.transfer.code, "letters": str(batch.ref)},
        actor=actor,
    )
    for each in page:
        address = opened.get(each.addressee_id)
        if address is not None and _went(batch, each, address):
            _note(each, state=State.SENT, sent_at=clock.now(), note="")
        else:
            _again_or_otherwise(each)


def _went(batch: LetterBatch, notice: TransferNotice, address: Address) -> bool:
    short = []
    for tag in TAGS.values():
        with override(tag):
            short.append(texts.short(batch))
    return delivering.send(
        address,
        lambda: texts.written(batch, asks=notice.asks),
        " ".join(short),
        reference=str(notice.ref),
    )


def _again_or_otherwise(notice: TransferNotice) -> None:
    """A few times; then by letter, where there is an address for one, and else it is listed as failed."""
    if notice.turns + 1 < TURNS:
        _note(notice, turns=F("turns") + 1)
        return
    other = delivering.paper(notice.addressee_id, "not-taken")
    state = State.TO_PRINT if other.way == delivering.LETTER else State.FAILED
    _note(notice, turns=F("turns") + 1, way=other.way, state=state, note=other.why[:24])


def _note(notice: TransferNotice, **changes: Any) -> None:
    TransferNotice.objects.filter(pk=notice.pk).update(**changes)


def due() -> list[int]:
    """Approved batches that nobody is at."""
    approved = LetterBatch.objects.due().filter(stage=LetterBatch.Stage.APPROVED)
    with scopes.acting(actors.system(ACTOR)):
        return list(approved.values_list("pk", flat=True))


def again(transfer: Transfer, *, actor: Actor) -> int:
    """Those that reached nobody: the ways to them are looked up anew, and their batch goes on. How many."""
    found = 0
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.LETTERS_PROPOSE,
            channel=Channel.ADMIN,
            facts={"transfer": transfer.code, "outcome": "again"},
        )
        with scopes.acting(actors.system(ACTOR)):
            rows = TransferNotice.objects.filter(transfer=transfer, state=State.FAILED)
            for each in rows.select_for_update(of=("self",)).order_by("pk"):
                way = delivering.way_to(each.addressee_id)
                if way.way == delivering.NONE:
                    continue
                state = State.TO_PRINT if way.way == delivering.LETTER else State.WAITING
                _note(each, way=way.way, state=state, note=way.why[:24], turns=0)
                found += 1
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
