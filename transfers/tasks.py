"""Wake-up calls for the long work of transfers; the rows say what there is to do."""

from __future__ import annotations

import structlog
from celery import shared_task

from custodian.workflow import IllegalMove
from transfers.shares import jobs

_log = structlog.get_logger("transfers")


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
