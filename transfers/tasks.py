"""Wake-up calls for the long work of transfers; the rows say what there is to do."""

from __future__ import annotations

import structlog
from celery import shared_task

from access import actors, scopes
from custodian.workflow import IllegalMove
from transfers.choosing import selecting
from transfers.data_room import rooms
from transfers.freezing import comparing, freezing
from transfers.handing_over import building
from transfers.ledger import keeping
from transfers.legacy import counting
from transfers.letters import arrived, closing, sending
from transfers.models import Arrival, ArrivedSums, HandOver, Load
from transfers.packages.errors import PackageRefused
from transfers.receipts import ending
from transfers.receiving import laying_out, loading, unloading
from transfers.shares import jobs
from transfers.stocktaking import taking

_log = structlog.get_logger("transfers")


@shared_task
def build_data_room(room_id: int) -> None:
    try:
        rooms.work(room_id)
    except IllegalMove:
        _log.info("data-room-held-by-another", job=room_id)


@shared_task
def run_selection(selection_id: int) -> None:
    try:
        selecting.work(selection_id)
    except IllegalMove:
        _log.info("selection-held-by-another", job=selection_id)


@shared_task
def run_freeze(freeze_id: int) -> None:
    try:
        freezing.work(freeze_id)
    except IllegalMove:
        _log.info("freeze-held-by-another", job=freeze_id)


@shared_task
def run_hand_over(job_id: int) -> None:
    try:
        building.work(job_id)
    except IllegalMove:
        _log.info("hand-over-held-by-another", job=job_id)


@shared_task
def run_arrival(arrival_id: int) -> None:
    try:
        laying_out.work(arrival_id)
    except IllegalMove:
        _log.info("arrival-held-by-another", job=arrival_id)
    except PackageRefused as refused:
        _log.warning("package-refused", job=arrival_id, reason=refused.reason)


@shared_task
def run_load(load_id: int) -> None:
    try:
        loading.work(load_id)
    except IllegalMove:
        _log.info("load-held-by-another", job=load_id)


@shared_task
def count_arrived(job_id: int) -> None:
    try:
        counting.work(job_id)
    except IllegalMove:
        _log.info("sums-held-by-another", job=job_id)


@shared_task
def send_letters(batch_id: int) -> None:
    try:
        sending.work(batch_id)
    except IllegalMove:
        _log.info("letters-held-by-another", job=batch_id)


@shared_task
def take_stock(take_id: int) -> None:
    try:
        taking.work(take_id)
    except IllegalMove:
        _log.info("stock-held-by-another", job=take_id)


@shared_task
def sweep() -> None:
    """Whatever is due and nobody is at, and whatever has been kept for its time."""
    for room_id in rooms.due():
        build_data_room.delay(room_id)
    for selection_id in selecting.due():
        run_selection.delay(selection_id)
    for batch_id in sending.due():
        send_letters.delay(batch_id)
    for freeze_id in freezing.due():
        run_freeze.delay(freeze_id)
    _sweep_packages()
    for take_id in taking.due():
        take_stock.delay(take_id)
    rooms.expire()
    closing.carry_out()
    arrived.carry_out()
    for freeze in comparing.due():
        comparing.compare(freeze)
    _end_books()
    _unload()
    keeping.publish()


def _end_books() -> None:
    """One that fails keeps no other from its moment."""
    for receipt in ending.due():
        try:
            ending.act(receipt)
        except IllegalMove:
            _log.info("ending-held-by-another", transfer=receipt.transfer.code)
        except Exception as error:  # noqa: BLE001  told as a finding, and tried again
            reason = type(error).__name__
            _log.warning("ending-failed", transfer=receipt.transfer.code, reason=reason)
    ending.watch()


def _unload() -> None:
    """What came with a transfer that was given up."""
    for transfer in unloading.due():
        try:
            unloading.carry_out(transfer)
        except Exception as error:  # noqa: BLE001  told as a finding, and tried again
            _log.warning("unload-failed", transfer=transfer.code, reason=type(error).__name__)


def _sweep_packages() -> None:
    with scopes.acting(actors.system(laying_out.ACTOR)):
        hand_overs = list(HandOver.objects.due().values_list("pk", flat=True))
        arrivals = list(Arrival.objects.due().values_list("pk", flat=True))
        loads = list(Load.objects.due().values_list("pk", flat=True))
        counts = list(ArrivedSums.objects.due().values_list("pk", flat=True))
        counting.begin_due()
    for job_id in hand_overs:
        run_hand_over.delay(job_id)
    for arrival_id in arrivals:
        run_arrival.delay(arrival_id)
    for load_id in loads:
        run_load.delay(load_id)
    for job_id in counts:
        count_arrived.delay(job_id)


@shared_task
def build_share(share_id: int) -> None:
    try:
        jobs.work(share_id)
    except IllegalMove:
        _log.info("share-held-by-another", job=share_id)


@shared_task
def sweep_partners() -> None:
    """Whatever is due for partners and nobody is at, and files whose time is over."""
    for share_id in jobs.due():
        build_share.delay(share_id)
    jobs.expire()
