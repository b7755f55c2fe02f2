"""A batch of letters as a leased job: everybody is named first, then the messages go, page by page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from access import gate
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import Unavailable
from custodian.jobs import JOB, JobStatus, Wakeable, wake
from custodian.workflow import IllegalMove
from records.letters import posting
from records.letters.posting import Matter
from records.models.letters import Letter

APPROVED: Final = "approved"
Progress = Callable[[Any], None]


def silent(_batch: Any) -> None:
    """Nobody watches."""


def nothing_more(_note: str) -> None:
    """Nobody else is told how it ended."""


@dataclass(frozen=True)
class Sending:
    """What one kind of batch brings along.

    `name` makes a row for each customer, under the lease and in pages of its own. `failed` and `done` are
    called inside the transaction in which the job ends, with the note that it ends with.
    """

    matter: Matter
    name: Callable[[UUID], None]
    failpoint: str
    sent: Callable[[], int]
    failed: Callable[[str], None] = nothing_more
    done: Callable[[str], None] = nothing_more


def work(batch: Any, sending: Sending, *, actor: Actor, on_progress: Progress) -> None:
    """Send a batch, or what is left of it. Raises `IllegalMove` when somebody is at it."""
    if batch.stage != APPROVED:
        raise IllegalMove
    lease = batch.claim()
    try:
        sending.name(lease)
        _count(batch)
        _send(batch, sending, lease, actor, on_progress)
    except (IllegalMove, Unavailable):
        raise
    except Exception as error:
        # By its kind alone: a message may hold an address.
        note = type(error).__name__
        with transaction.atomic():
            batch.progress(lease, done=batch.done)
            JOB.move(batch, "fail", {"note": note})
            sending.failed(note)
        raise


def due(batches: QuerySet[Any]) -> list[int]:
    """Approved ones that nobody is at."""
    return list(batches.filter(stage=APPROVED).values_list("pk", flat=True))


def go_on(batches: QuerySet[Any], task: Wakeable) -> None:
    """Those that were done and have letters again that wait."""
    waiting = batches.filter(status=JobStatus.DONE, notices__state=Letter.State.WAITING)
    for batch in waiting.distinct():
        type(batch).objects.filter(pk=batch.pk).update(status=JobStatus.QUEUED, leased_until=None)
        wake(task, batch.pk)


def _count(batch: Any) -> None:
    total = batch.notices.filter(way__in=posting.BY_MESSAGE).count()
    type(batch).objects.filter(pk=batch.pk).update(total=total)
    batch.total = total


def _send(batch: Any, sending: Sending, lease: UUID, actor: Actor, on_progress: Progress) -> None:
    matter = sending.matter
    while page := posting.waiting(batch.notices.all()):
        posting.send(matter, page, actor=actor)
        batch.progress(lease, done=batch.done + len(page))
        on_progress(batch)
        failpoints.hit(sending.failpoint)
    with transaction.atomic():
        batch.progress(lease, done=batch.done)
        JOB.move(batch, "finish", {"finished_at": clock.now(), "note": ""})
        sending.done("")
        facts = {**matter.facts, "sent": sending.sent()}
        gate.authorise(actor, matter.action, channel=Channel.TASK, facts=facts)
