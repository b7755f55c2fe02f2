"""The moment: at the buyer everybody is let live at once, at the seller everything is stored only from then.

Both are found by a sweep and need no message. What the law does not ask of the seller falls due the next day
and goes by the ordinary way: a batch, two people, a certificate.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Arriving
from access.vocabulary import Channel
from custodian import clock, failpoints
from custodian.errors import CustodianError
from custodian.jobs import JOB, JobStatus
from custodian.workflow import IllegalMove
from records.models import RetentionEvent
from records.products import checking
from records.retention import reckoning
from transfers import faults, invitations, progress
from transfers.events import transfer_carried_out
from transfers.models import Arrival, Ending, Receipt, Responsible, Transfer
from transfers.packages import one_time, shelf

PAGE: Final = 500
LATE: Final = timedelta(hours=1)  # company default: after it somebody is told
SELLER, BUYER = "hand-over", "receiver"
_NO_ACCEPTANCE: Final = _("接收方还没有确认")
_NO_RELEASE: Final = _("转出方还没有确认")
_NOT_YET: Final = _("交接时点还没有到，或者还在办理")


def due() -> list[Receipt]:
    """Receipts whose moment has come and that nobody has acted on."""
    rows = Receipt.objects.filter(live_at__lte=clock.now(), ended_at=None)
    return list(rows.select_related("transfer"))


def act(receipt: Receipt) -> None:
    """Twice is as once. What fails is told and tried again by the next sweep."""
    transfer = receipt.transfer
    job = "live" if transfer.side == Transfer.Side.BUYER else "ending"
    try:
        _act(receipt)
    except IllegalMove:
        raise
    except Exception as error:
        note = error.code if isinstance(error, CustodianError) else type(error).__name__
        faults.failed(transfer, job, _cause(receipt), note=note, anew=False)
        raise


def watch() -> None:
    """Tell of each moment that was over an hour ago and at which nothing has happened yet."""
    waiting = Receipt.objects.filter(live_at__lte=clock.now() - LATE, ended_at=None)
    for receipt in waiting.select_related("transfer"):
        job = "live" if receipt.transfer.side == Transfer.Side.BUYER else "ending"
        faults.late(receipt.transfer, job, f"late:{receipt.transfer.ref}")


def _cause(receipt: Receipt) -> str:
    return f"moment:{receipt.transfer.ref}"


def _over(transfer: Transfer) -> None:
    """It has happened, however late and after however many tries."""
    Receipt.objects.filter(transfer=transfer).update(ended_at=clock.now())
    for cause in (f"moment:{transfer.ref}", f"late:{transfer.ref}"):
        faults.gone(cause)
    transfer_carried_out.send(sender=Transfer, transfer=transfer)


def _act(receipt: Receipt) -> None:
    if receipt.transfer.side == Transfer.Side.BUYER:
        if let_live(receipt) and receipt.transfer.book is not None:
            checking.check_book(receipt.transfer.book)  # what has come is held against its products
    else:
        ending, _fresh = Ending.objects.get_or_create(transfer=receipt.transfer)
        if ending.status in {JobStatus.QUEUED, JobStatus.RUNNING}:
            work(ending.pk)


def let_live(receipt: Receipt) -> int:
    """Everybody of the transfer is seen from now on, in one transaction; how many."""
    actor = actors.system(BUYER)
    with scopes.acting(actor), scopes.arrivals(), transaction.atomic():
        held = Receipt.objects.select_for_update().select_related("transfer").get(pk=receipt.pk)
        if held.ended_at is not None or held.live_at is None or held.live_at > clock.now():
            return 0
        transfer = held.transfer
        _authorise(transfer, actor)
        count, _by_kind = Arriving.objects.filter(arrival=transfer.ref).delete()
        failpoints.hit("go-live-before-commit")
        forget_packages(transfer)
        _over(transfer)
    return count


def forget_packages(transfer: Transfer) -> None:
    """The one-time keys and the packages have served; what was kept on the way opens no more."""
    for invitation in transfer.invitations.all():
        invitations.end(invitation)
    for arrival in transfer.arrivals.exclude(stage=Arrival.Stage.REFUSED):
        Arrival.objects.filter(pk=arrival.pk).update(secret_sealed=None, removed_at=clock.now())
        one_time.forget(arrival.holding)
        path = shelf.path_of(shelf.IN, arrival.ref)
        transaction.on_commit(lambda path=path: shelf.remove(path))  # type: ignore[misc]


def work(pk: int) -> Ending:
    """Restrict, page by page; a run that was killed goes on behind the last page."""
    actor = actors.system(SELLER)
    with scopes.acting(actor):
        ending: Ending = Ending.objects.select_related("transfer__receipt").get(pk=pk)
        lease = ending.claim()
        live_at = ending.transfer.receipt.live_at
        if live_at is None or live_at > clock.now():
            raise IllegalMove
        day = clock.local(live_at).date()
        while page := _page(ending):
            with transaction.atomic():
                _hand_over(page, day)
                ending.keep(lease, after=page[-1], done=ending.done + len(page))
            reckoning.refresh(page)
            failpoints.hit("ending-page")
        with transaction.atomic():
            _authorise(ending.transfer, actor)
            remove_packages(ending.transfer)
            JOB.move(ending, "finish", {"finished_at": clock.now(), "leased_by": None})
            _over(ending.transfer)
    return ending


def _page(ending: Ending) -> list[int]:
    rows = Responsible.objects.filter(transfer=ending.transfer, subject_id__gt=ending.after)
    return list(rows.order_by("subject_id").values_list("subject_id", flat=True)[:PAGE])


def _hand_over(page: list[int], day: date) -> None:
    trigger = RetentionEvent.Trigger.HANDED_OVER
    known = RetentionEvent.objects.filter(subject__in=page, trigger=trigger)
    there = set(known.values_list("subject_id", flat=True))
    RetentionEvent.objects.bulk_create(
        RetentionEvent(subject_id=subject, trigger=trigger, on=day)
        for subject in page
        if subject not in there
    )


def remove_packages(transfer: Transfer) -> None:
    """Nobody here could open them; the files go all the same."""
    now = clock.now()
    for job in transfer.hand_overs.filter(removed_at=None):
        path = shelf.path_of(shelf.OUT, job.ref)
        transaction.on_commit(lambda path=path: shelf.remove(path))  # type: ignore[misc]
    transfer.hand_overs.filter(removed_at=None).update(removed_at=now)


def _authorise(transfer: Transfer, actor: Actor) -> None:
    gate.authorise(
        actor,
        Action.TRANSFER_PASS,
        channel=Channel.TASK.value,
        facts={"transfer": transfer.code, "side": transfer.side},
    )


def missing(transfer: Transfer) -> list[progress.Missing]:
    """What the last two stages wait for: both papers, and the moment."""
    receipt = Receipt.objects.filter(transfer=transfer).first()
    if receipt is None:
        return [progress.Missing("acceptance", _NO_ACCEPTANCE)]
    if receipt.live_at is None:
        return [progress.Missing("release", _NO_RELEASE)]
    if receipt.ended_at is None:
        return [progress.Missing("moment", _NOT_YET)]
    return []
