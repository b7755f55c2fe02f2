"""Wake-up calls for the transfers' long work; the rows say what there is to do."""

from __future__ import annotations

import structlog
from celery import shared_task

from access import actors, scopes
from custodian.workflow import IllegalMove
from transfers.choosing import selecting
from transfers.freezing import comparing, freezing
from transfers.letters import closing, sending
from transfers.models import Freeze, LetterBatch, Selection

_log = structlog.get_logger("transfers")


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
def sweep() -> None:
    """Whatever is due and nobody is at, and freezes that nobody has compared for a while."""
    with scopes.acting(actors.system(selecting.ACTOR)):
        selections = list(Selection.objects.due().values_list("pk", flat=True))
        approved = LetterBatch.objects.due().filter(stage=LetterBatch.Stage.APPROVED)
        letters = list(approved.values_list("pk", flat=True))
        freezes = list(Freeze.objects.due().values_list("pk", flat=True))
    for selection_id in selections:
        run_selection.delay(selection_id)
    for freeze_id in freezes:
        run_freeze.delay(freeze_id)
    for batch_id in letters:
        send_letters.delay(batch_id)
    closing.carry_out()
    for freeze in comparing.due():
        comparing.compare(freeze)
