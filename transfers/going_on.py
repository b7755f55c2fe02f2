"""Tries the failed jobs of a transfer again: each goes on where it stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian.errors import CustodianError
from custodian.jobs import JOB, JobStatus, wake
from custodian.workflow import IllegalMove
from transfers.models import Transfer

ACTIONS: Final = {
    Transfer.Side.SELLER.value: Action.TRANSFER_ORDER,
    Transfer.Side.BUYER.value: Action.TRANSFER_ARRIVE,
}


class NothingFailed(CustodianError):
    """No job of the transfer has failed, or somebody was first."""

    code = "nothing-failed"
    status = 409
    message = _("没有可以再试的工作")


def failed(transfer: Transfer) -> list[Any]:
    return [job for rows, _task in _jobs(transfer) for job in rows]


def go_on(transfer: Transfer, *, actor: Actor) -> int:
    """How many jobs wait again. Raises `NothingFailed`, `Refused`."""
    with transaction.atomic():
        found = [(job, task) for rows, task in _jobs(transfer) for job in rows]
        if not found:
            raise NothingFailed
        gate.authorise(
            actor,
            ACTIONS[transfer.side],
            channel=Channel.ADMIN.value,
            facts={"transfer": transfer.code},
        )
        for job, task in found:
            try:
                JOB.move(job, "resume", {"note": "", "finished_at": None})
            except IllegalMove:
                raise NothingFailed from None
            wake(task, job.pk)
    return len(found)


def _jobs(transfer: Transfer) -> Iterator[tuple[Any, Any]]:
    from transfers import tasks  # the tasks lead back here

    if transfer.is_sellers:
        yield transfer.hand_overs.filter(status=JobStatus.FAILED), tasks.run_hand_over
    else:
        yield transfer.arrivals.filter(status=JobStatus.FAILED), tasks.run_arrival
        yield transfer.loads.filter(status=JobStatus.FAILED), tasks.run_load
