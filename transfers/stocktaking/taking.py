"""Taking stock as a leased job, page after page of who moves or came; killed, it goes on after the last."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import Unavailable
from custodian.jobs import JOB, OPEN, wake
from custodian.workflow import IllegalMove
from records import inventory
from transfers import faults
from transfers.hundred_days import counting
from transfers.letters import arrived
from transfers.models import Chosen, StockTake, Transfer
from transfers.stocktaking import checking

ACTOR: Final = "stock-taker"
PAGE: Final = 500
Progress = Callable[[StockTake], None]


def silent(_take: StockTake) -> None:
    """Nobody watches."""


def begin(transfer: Transfer, *, actor: Actor) -> StockTake:
    """Of them as it stands now. Raises `IllegalMove` while one is under way, `NotLiveYet` at the buyer."""
    if not transfer.is_sellers:
        arrived.require_live(transfer)
    with transaction.atomic():
        Transfer.objects.select_for_update(of=("self",)).get(pk=transfer.pk)
        take = StockTake(transfer=transfer, by_id=actors.person(actor))
        gate.authorise(
            actor,
            Action.STOCK_TAKE,
            channel=Channel.ADMIN,
            facts={"transfer": transfer.code, "stock": str(take.ref)},
        )
        if StockTake.objects.filter(transfer=transfer, status__in=OPEN).exists():
            raise IllegalMove
        take.save()
        from transfers.tasks import take_stock  # the task leads back here

        wake(take_stock, take.pk)
    return take


def newest(transfer: Transfer) -> StockTake | None:
    return StockTake.objects.filter(transfer=transfer).select_related("by").first()


def work(take_id: int, *, on_progress: Progress = silent) -> StockTake:
    """Take it, or go on with it. Raises `IllegalMove` when somebody is at it."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        take: StockTake = StockTake.objects.select_related("transfer").get(pk=take_id)
        lease = take.claim()
        try:
            _run(take, lease, actor, on_progress)
        except (IllegalMove, Unavailable):
            raise
        except Exception as error:
            # By its kind alone: a message may hold values.
            with transaction.atomic():
                take.progress(lease, done=take.done)
                note = type(error).__name__
                JOB.move(take, "fail", {"note": note})
                faults.job_failed(take, "stock", note=note)
            raise
    return take


def _run(take: StockTake, lease: UUID, actor: Actor, on_progress: Progress) -> None:
    moving = _who(take.transfer)
    take.keep(lease, total=moving.count())
    today = clock.local().date()
    while page := list(
        moving.filter(subject_id__gt=take.cursor.get("after", 0))
        .order_by("subject_id")
        .values_list("subject_id", flat=True)[:PAGE]
    ):
        found = checking.check(take.transfer, page, today=today, actor=actor)
        with transaction.atomic():
            take.keep(
                lease,
                cursor={"after": page[-1]},
                missing=dict(Counter(take.missing) + found.missing),
                flaws=dict(Counter(take.flaws) + found.flaws),
                whole=take.whole + found.whole,
            )
            take.progress(lease, done=take.done + len(page))
        on_progress(take)
        failpoints.hit("stock-page")
    held = inventory.counted(actor, moving.values("subject_id"))
    more = {} if take.transfer.is_sellers else counting.counted(take.transfer)
    with transaction.atomic():
        take.keep(lease, held=held, more=more, customers=take.done)
        JOB.move(take, "finish", {"finished_at": clock.now(), "note": ""})
        faults.job_done(take, "stock")


def _who(transfer: Transfer) -> Any:
    if transfer.is_sellers:
        return Chosen.objects.filter(transfer=transfer, state=Chosen.State.IN)
    return counting.who(transfer)


def due() -> list[int]:
    """What nobody is at."""
    with scopes.acting(actors.system(ACTOR)):
        return list(StockTake.objects.due().values_list("pk", flat=True))
