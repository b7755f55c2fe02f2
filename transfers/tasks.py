"""Wake-up calls for the long work of transfers; the rows say what there is to do."""

from __future__ import annotations

import structlog
from celery import shared_task

from custodian.workflow import IllegalMove
from transfers.choosing import selecting
from transfers.data_room import rooms
from transfers.freezing import comparing, freezing
from transfers.letters import closing, sending
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
    for take_id in taking.due():
        take_stock.delay(take_id)
    rooms.expire()
    closing.carry_out()
    for freeze in comparing.due():
        comparing.compare(freeze)
