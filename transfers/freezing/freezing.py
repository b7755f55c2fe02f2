"""The freeze as a leased job: everybody is looked at once more, then a line is written for each who moves."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Final
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, keystore, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import CustodianError, Unavailable
from custodian.jobs import JOB, JobStatus, wake
from custodian.workflow import IllegalMove
from records import bulk
from transfers import chosen, faults, progress
from transfers.choosing import rechecking, selecting
from transfers.freezing import estates, sums
from transfers.models import Chosen, Freeze, FrozenLine, Stage, Transfer
from transfers.progress import Missing

ACTOR: Final = "freezer"
PAGE: Final = 500
_COLUMNS: Final = {
    "transfer_id": "bigint", "subject_id": "bigint", "ref": "text", "digest": "bytea",
    "parts": "bytea", "counts": "jsonb", "sums_sealed": "bytea", "read_at": "timestamptz",
    "changed": "text",
}  # fmt: skip
Progress = Callable[[Freeze], None]


class NotChosen(CustodianError):
    """Nobody has approved who moves."""

    code = "nothing-to-freeze"
    status = 409
    message = _("选定还没有经另一人复核，不能冻结")


def silent(_freeze: Freeze) -> None:
    """Nobody watches."""


def begin(transfer: Transfer, *, actor: Actor) -> Freeze:
    """From now on what changes is told as a change. Raises `NotChosen`, `NotOurs`, `NotYet`."""
    selecting.require_open(transfer)
    progress.require(transfer, Stage.FREEZE)
    if not chosen.is_settled(transfer):
        raise NotChosen
    with transaction.atomic():
        # Whoever answers meanwhile is before the freeze or after it.
        Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
        freeze: Freeze = Freeze.objects.create(
            transfer=transfer,
            by_id=actors.person(actor),
            holding=keystore.named_holding(sums.holding_of(transfer)),
        )
        gate.authorise(
            actor,
            Action.FREEZE_BEGIN,
            channel=Channel.ADMIN,
            facts={"transfer": transfer.code, "freeze": str(freeze.ref)},
        )
        from transfers.tasks import run_freeze  # the task leads back here

        wake(run_freeze, freeze.pk)
    return freeze


def work(freeze_id: int, *, on_progress: Progress = silent) -> Freeze:
    """Do a freeze, or what is left of it. Raises `IllegalMove` when somebody is at it."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        freeze: Freeze = Freeze.objects.select_related("transfer").get(pk=freeze_id)
        lease = freeze.claim()
        try:
            _run(freeze, lease, actor, on_progress)
        except (IllegalMove, Unavailable):
            raise
        except Exception as error:
            # By its kind alone: a message may hold values.
            with transaction.atomic():
                freeze.progress(lease, done=freeze.done)
                note = type(error).__name__
                JOB.move(freeze, "fail", {"note": note})
                faults.job_failed(freeze, "freeze", note=note)
            raise
    return freeze


def _run(freeze: Freeze, lease: UUID, actor: Actor, on_progress: Progress) -> None:
    transfer = freeze.transfer
    if "after" not in freeze.cursor:
        rechecking.carry_out(transfer, beat=lambda: freeze.progress(lease, done=0))
        moving = Chosen.objects.filter(transfer=transfer, state=Chosen.State.IN)
        freeze.keep(lease, cursor={"after": 0}, total=moving.count())
    seal = sums.Seal(transfer, make=True)
    while page := _page(transfer, freeze.cursor["after"]):
        # The entry of the read comes first, and is there even if nothing is written afterwards.
        opened = sums.read(transfer, page, actor=actor)
        with transaction.atomic():
            write(transfer, page, opened, seal)
            freeze.keep(lease, cursor={"after": page[-1]}, done=freeze.done + len(page))
        on_progress(freeze)
        failpoints.hit("freeze-page")
    _finish(freeze, lease, actor)


def _page(transfer: Transfer, after: int) -> list[int]:
    rows = Chosen.objects.filter(transfer=transfer, state=Chosen.State.IN, subject_id__gt=after)
    return list(rows.order_by("subject_id").values_list("subject_id", flat=True)[:PAGE])


def write(
    transfer: Transfer, page: Sequence[int], opened: dict[int, list[sums.Sum]], seal: sums.Seal
) -> None:
    """A line for each of the page who has none."""
    now = clock.now()
    rows = [
        (
            transfer.pk, subject, estate.ref, estate.digest(), estate.parts(),
            json.dumps(estate.counts()), seal.seal(subject, opened[subject]), now, "",
        )
        for subject, estate in estates.read(page, looks=True).items()
    ]  # fmt: skip
    again = "ON CONFLICT (transfer_id, subject_id) DO NOTHING"
    bulk.insert("transfers_frozenline", _COLUMNS, rows, conflict=again)


def _finish(freeze: Freeze, lease: UUID, actor: Actor) -> None:
    with transaction.atomic():
        freeze.progress(lease, done=freeze.done)
        lines = FrozenLine.objects.filter(transfer=freeze.transfer_id).count()
        JOB.move(freeze, "finish", {"finished_at": clock.now(), "total": lines, "note": ""})
        faults.job_done(freeze, "freeze")
        gate.authorise(
            actor,
            Action.FREEZE_READ,
            channel=Channel.TASK,
            facts={"transfer": freeze.transfer.code, "freeze": str(freeze.ref), "held": lines},
        )


def missing(transfer: Transfer) -> list[Missing]:
    """What the stage still waits for: the seller's lines. The buyer freezes nothing."""
    done = Freeze.objects.filter(transfer=transfer, status=JobStatus.DONE).exists()
    if transfer.side != Transfer.Side.SELLER or done:
        return []
    return [Missing("frozen", _("账册还没有冻结"))]


progress.register(Stage.FREEZE, missing)


def due() -> list[int]:
    """What nobody is at."""
    with scopes.acting(actors.system(ACTOR)):
        return list(Freeze.objects.due().values_list("pk", flat=True))
