"""Wake-up calls for the records' long work; the rows say what there is to do."""

from __future__ import annotations

import structlog
from celery import shared_task

from custodian.workflow import IllegalMove
from records.importing import engine, quarantine, store
from records.models import ImportRun

_log = structlog.get_logger("records")


@shared_task
def run_import(run_id: int) -> None:
    try:
        engine.work(run_id)
    except IllegalMove:
        _log.info("import-held-by-another", run=run_id)


@shared_task
def sweep() -> None:
    """Whatever is due and nobody is at, and whatever has been kept for its time."""
    for run_id in ImportRun.objects.due().values_list("pk", flat=True):
        run_import.delay(run_id)
    quarantine.expire()
    store.tidy()
