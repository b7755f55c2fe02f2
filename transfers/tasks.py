"""Wake-up calls for the long work of transfers; the rows say what there is to do."""

from __future__ import annotations

import structlog
from celery import shared_task

from custodian.workflow import IllegalMove
from transfers.data_room import rooms

_log = structlog.get_logger("transfers")


@shared_task
def build_data_room(room_id: int) -> None:
    try:
        rooms.work(room_id)
    except IllegalMove:
        _log.info("data-room-held-by-another", job=room_id)


@shared_task
def sweep() -> None:
    """Whatever is due and nobody is at, and whatever has been kept for its time."""
    for room_id in rooms.due():
        build_data_room.delay(room_id)
    rooms.expire()
