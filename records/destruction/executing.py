"""Carries out an approved batch in leased chunks: what was approved, less what is held or in use by now.

A chunk is one transaction: locks, the two questions once more, stones, purge, entry. A run that was killed
goes on after the last chunk; a second run changes nothing and gives the same certificate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final
from uuid import UUID

import structlog
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import CustodianError, Unavailable
from custodian.jobs import JOB, JobStatus, wake
from custodian.workflow import IllegalMove
from records import legal_holds
from records.destruction import (
    batches,
    certifying,
    going,
    import_store,
    own_stores,
    tombstones,
)
from records.destruction.batches import BATCH, Fate, Stage
from records.destruction.going import Going
from records.destruction.stores import Gone
from records.models import DestructionBatch, DestructionItem
from records.retention import clock_guard, reckoning, rules
from records.retention.deciding import State

CUSTOMERS: Final = 250  # of one chunk
_log = structlog.get_logger("records")


class NotAsApproved(CustodianError):
    """What would go is not what was approved, or nobody approved it."""

    code = "destruction-not-approved"
    status = 409
    message = _("批次与批准的内容不符，或尚未批准，没有销毁")


Progress = Callable[[int, int], None]


def silent(_done: int, _total: int) -> None:
    """Nobody watches."""


def work(batch_id: int, *, on_progress: Progress = silent) -> DestructionBatch:
    """Carry it out, or go on with it. Raises `IllegalMove` when somebody is at it, `NotAsApproved`."""
    with scopes.acting(actors.system("destroyer")):
        batch: DestructionBatch = DestructionBatch.objects.select_related("approval").get(
            pk=batch_id
        )
        if batch.stage == Stage.DONE:
            return batch
        clock_guard.require()
        if batch.stage not in {Stage.APPROVED, Stage.STOPPED} or not is_as_approved(batch):
            raise NotAsApproved
        lease = batch.claim()
        DestructionBatch.objects.filter(pk=batch.pk, total=None).update(
            total=batches.approved_set(batch).count()
        )
        batch.refresh_from_db(fields=["total"])
        try:
            while batch.stage == Stage.APPROVED and _chunk(batch, lease):
                on_progress(batch.done, batch.total or batch.done)
                failpoints.hit("destroy-chunk")
            finish(batch, lease)
        except (IllegalMove, Unavailable):
            raise
        except Exception as error:
            with transaction.atomic():
                batch.progress(lease, done=batch.done)
                JOB.move(batch, "fail", {"note": type(error).__name__})
            _log.exception("destruction-failed", job=batch.pk)
            raise
    batch.refresh_from_db()
    return batch


def is_as_approved(batch: DestructionBatch) -> bool:
    """Also the holds: one that somebody lifted by hand would let go what it keeps."""
    approval = batch.approval
    return (
        approval is not None
        and not any(legal_holds.altered())
        and approval.status == approvals.Status.APPROVED
        and approvals.is_as_left(approval)
        and approval.digest == approvals.digest_of(batches.KIND, batches.content(batch))
        and batch.digest == batches.digest(batch)
    )


def _chunk(batch: DestructionBatch, lease: UUID) -> bool:
    """The next customers of the batch; False when none is left."""
    with transaction.atomic():
        batches.no_new_holds()
        items = _next(batch)
        if not items:
            return False
        going.lock({each.subject_id for each in items})
        failpoints.hit("destroy-locked")
        spared = _spare(batch, items)
        left = [
            Going(each.holding, each.kind, each.subject_id)
            for each in items
            if each.holding not in spared
        ]
        if left:
            gone = going.destroy(left, batch=batch)
            _note(batch, left)
            _record(batch, gone)
        batch.progress(lease, done=batch.done + len(items))
    failpoints.hit("destroy-committed")
    return True


def _next(batch: DestructionBatch) -> list[DestructionItem]:
    planned = batch.items.filter(state=Fate.PLANNED)
    customers = list(
        planned.order_by("subject_id").values_list("subject_id", flat=True).distinct()[:CUSTOMERS]
    )
    return list(planned.filter(subject__in=customers).order_by("subject_id", "pk"))


def _spare(batch: DestructionBatch, items: Sequence[DestructionItem]) -> set[UUID]:
    """What is held, or not due any more, under the lock; it stays, and the certificate says so."""
    today = clock.local().date()
    subjects = sorted({each.subject_id for each in items})
    now_due = {
        each.holding
        for each in reckoning.answers(subjects, on=today, by=rules.on(today))
        if each.answer.state is State.DUE
    }
    holds = batches.holds_on([each.holding for each in items])
    now, spared = clock.now(), set[UUID]()
    for each in items:
        if codes := holds.get(each.holding):
            each.state, each.because = Fate.HELD, batches.codes(codes)
        elif each.holding not in now_due:
            each.state, each.because = Fate.IN_USE, ""
        else:
            continue
        each.decided_at = now
        spared.add(each.holding)
    changed = [each for each in items if each.holding in spared]
    DestructionItem.objects.bulk_update(changed, ["state", "because", "decided_at"])
    return spared


def _note(batch: DestructionBatch, left: Sequence[Going]) -> None:
    done = batch.items.filter(holding__in=[each.holding for each in left])
    done.update(state=Fate.DESTROYED, decided_at=clock.now())


def _record(batch: DestructionBatch, gone: Gone) -> None:
    """Whoever has something left finds it among the looks at her; of the others no tag is left."""
    whole = {each.pk for each in gone.whole}
    living = scopes.find([each for each in gone.subjects if each not in whole])
    gate.authorise(
        actors.system("destroyer"),
        Action.RETENTION_DESTROY,
        channel=Channel.TASK,
        subjects=gate.tagged(living),
        facts={"batch": batch.code, "gone": len(gone.all), "digest": going.digest_of(gone)},
    )


def finish(batch: DestructionBatch, lease: UUID) -> None:
    """Remove what a kill left, put the stones outside, look through every store, and certify."""
    tombstones.publish()
    scan = certifying.scanned(_tidied(batch, lease))
    failpoints.hit("destroy-before-certificate")
    batch.progress(lease, done=batch.done)
    with transaction.atomic():
        certifying.certify(batch, scan)
        JOB.move(batch, "finish", {"finished_at": clock.now(), "note": ""})
        BATCH.move(batch, "done")
    failpoints.hit("destroy-certified")


def _tidied(batch: DestructionBatch, lease: UUID) -> Iterator[Gone]:
    """Page by page what is gone, without the files that a kill left."""
    for gone in certifying.pages_of(batch):
        own_stores.remove_files(gone)
        import_store.clear(gone)
        batch.progress(lease, done=batch.done)
        yield gone


def retry(batch: DestructionBatch) -> None:
    """What failed may be tried again; what an officer paused waits for an officer."""
    if batch.status == JobStatus.FAILED:
        JOB.move(batch, "resume")


def pause(batch: DestructionBatch, *, actor: Actor) -> None:
    """After the chunk that is being done; raises `IllegalMove`."""
    _steer(batch, "pause", actor)


def resume(batch: DestructionBatch, *, actor: Actor) -> None:
    _steer(batch, "resume", actor)
    _wake(batch)


def _steer(batch: DestructionBatch, move: str, actor: Actor) -> None:
    with transaction.atomic():
        facts = {"batch": batch.code, "outcome": move}
        gate.authorise(actor, Action.RETENTION_PROPOSE, channel=Channel.ADMIN, facts=facts)
        if not DestructionBatch.objects.filter(pk=batch.pk, stage=Stage.APPROVED).exists():
            raise IllegalMove
        JOB.move(batch, move)


def stop(batch: DestructionBatch, *, reason: str, actor: Actor) -> None:
    """For good: what is left stays, and the certificate covers what is done."""
    with transaction.atomic():
        facts = {"batch": batch.code, "outcome": "stop"}
        gate.authorise(
            actor, Action.RETENTION_PROPOSE, channel=Channel.ADMIN, facts=facts, reason=reason
        )
        BATCH.move(batch, "stop")
        left = batch.items.filter(state=Fate.PLANNED)
        left.update(state=Fate.STOPPED, because=reason[:80], decided_at=clock.now())
        stopped = DestructionBatch.objects.filter(pk=batch.pk)
        stopped.update(status=JobStatus.QUEUED, leased_by=None, leased_until=None)
    batch.refresh_from_db()
    _wake(batch)


def _wake(batch: DestructionBatch) -> None:
    from records.tasks import destroy_batch  # the task leads back here

    with transaction.atomic():
        wake(destroy_batch, batch.pk)


def due_jobs() -> list[int]:
    """Approved batches that nobody is at."""
    with scopes.acting(actors.system("destroyer")):
        ready = DestructionBatch.objects.due().filter(stage__in=[Stage.APPROVED, Stage.STOPPED])
        return list(ready.values_list("pk", flat=True))
