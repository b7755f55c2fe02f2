"""Wake-up calls for the records' long work; the rows say what there is to do."""

from __future__ import annotations

import structlog
from celery import shared_task

from access import actors, scopes
from access.key_rotation import jobs
from access.key_rotation.jobs import Kind, Why
from access.vocabulary import Channel
from custodian.workflow import IllegalMove
from records import index_roots, reindexing
from records.assessments import watching as assessments_watching
from records.claim_handling import watching
from records.corrections import applying, discarding, telling
from records.destruction import batches, executing, tombstones
from records.importing import engine, expiry, quarantine, store, surveying
from records.legal_holds import counting
from records.models import FileSurvey, ImportRun
from records.own_data import copies
from records.products import checking as products_checking
from records.products import reviewing as products_reviewing
from records.relatives import keeping, looking
from records.requests import effects, escalating
from records.retention import reckoning
from records.retention.own_records import expiring
from records.sign_in import codes, entrances, sending
from records.sign_in import store as sign_in_store
from records.storage import inspecting, scheduling, scrub

_log = structlog.get_logger("records")


@shared_task
def run_import(run_id: int) -> None:
    try:
        engine.work(run_id)
    except IllegalMove:
        _log.info("import-held-by-another", run=run_id)


@shared_task
def survey_file(survey_id: int) -> None:
    try:
        surveying.work(survey_id)
    except IllegalMove:
        _log.info("survey-held-by-another", job=survey_id)


@shared_task
def apply_correction(correction_id: int) -> None:
    applying.apply(correction_id)


@shared_task
def tell_of_correction(correction_id: int) -> None:
    telling.tell(correction_id)


@shared_task
def run_scrub(run_id: int) -> None:
    try:
        scrub.work(run_id)
    except IllegalMove:
        _log.info("scrub-held-by-another", run=run_id)


@shared_task
def keep_storage() -> None:
    """The inspections of the night, and scrubs that are due and nobody is at."""
    scheduling.schedule()
    inspecting.carry_out()
    for run_id in scheduling.due():
        run_scrub(run_id)


@shared_task
def reindex(rotation_id: int) -> None:
    try:
        reindexing.work(rotation_id)
    except IllegalMove:
        _log.info("rotation-held-by-another", job=rotation_id)


@shared_task
def keep_indexes() -> None:
    """The rest that a rotation left, and the end of roots that nothing is found by."""
    with scopes.acting(actors.system("key-rotator")) as actor:
        index_roots.carry_out()
        if actor is not None and (version := index_roots.rest()) is not None:
            jobs.request(
                Kind.INDEX, why=Why.SCHEDULE, channel=Channel.TASK, actor=actor, version=version
            )


@shared_task
def make_copy(copy_id: int) -> None:
    try:
        copies.work(copy_id)
    except IllegalMove:
        _log.info("copy-held-by-another", copy=copy_id)


@shared_task
def send_code(code_id: int) -> None:
    try:
        sending.work(code_id)
    except IllegalMove:
        _log.info("code-held-by-another", job=code_id)


@shared_task
def keep_sign_in() -> None:
    """Codes that nobody was woken for, that wait for another turn, or that are over."""
    with scopes.acting(actors.system("portal")):
        waiting = sending.due()
        codes.tidy()
        entrances.tidy()
        sign_in_store.tidy()
    for code_id in waiting:
        send_code(code_id)


@shared_task
def look_for_deceased(ask_id: int) -> None:
    try:
        looking.work(ask_id)
    except IllegalMove:
        _log.info("relative-held-by-another", job=ask_id)


@shared_task
def tell_relative(ask_id: int) -> None:
    looking.tell(ask_id)


@shared_task
def keep_relatives() -> None:
    """Asks that nobody was woken for, answers that are to be told, and what was kept for its time."""
    with scopes.acting(actors.system("portal")):
        waiting, answered = looking.due(), looking.to_tell()
        keeping.tidy()
    for ask_id in waiting:
        look_for_deceased(ask_id)
    for ask_id in answered:
        looking.tell(ask_id)


@shared_task
def sweep() -> None:
    """Whatever is due and nobody is at, and whatever has been kept for its time."""
    for run_id in ImportRun.objects.due().values_list("pk", flat=True):
        run_import.delay(run_id)
    for survey_id in FileSurvey.objects.due().values_list("pk", flat=True):
        survey_file.delay(survey_id)
    for batch_id in executing.due_jobs():
        destroy_batch.delay(batch_id)
    for rotation_id in reindexing.due():
        reindex.delay(rotation_id)
    for copy_id in copies.due():
        make_copy.delay(copy_id)
    copies.expire()
    for effect_id in effects.due():
        carry_out_request.delay(effect_id)
    for correction_id in applying.due():
        apply_correction.delay(correction_id)
    for correction_id in telling.due():
        tell_of_correction.delay(correction_id)
    discarding.discard_drafts()
    quarantine.expire()
    store.tidy()
    expiry.expire()
    tombstones.publish()


@shared_task
def count_holds() -> None:
    """How much holds by book or rule cover, once a day and when they are new."""
    counting.carry_out()


@shared_task
def carry_out_request(effect_id: int) -> None:
    try:
        effects.carry_out(effect_id)
    except IllegalMove:
        _log.info("request-held-by-another", job=effect_id)


@shared_task
def watch_requests() -> None:
    """Clocks of requests that have become near or late."""
    escalating.watch()


@shared_task
def destroy_batch(batch_id: int) -> None:
    try:
        executing.work(batch_id)
    except IllegalMove:
        _log.info("destruction-held-by-another", batch=batch_id)


@shared_task
def watch_claims() -> None:
    """Imported claims get their steps; clocks that are near or late are told once."""
    watching.carry_out()


@shared_task
def reckon() -> None:
    """Every night what each holding's time is, what is due into the batch that waits, and own records."""
    try:
        if reckoning.carry_out().finished_at:
            batches.propose_nightly()
            expiring.carry_out()
    except IllegalMove:
        _log.info("reckoning-held-by-another")


@shared_task
def watch_duties() -> None:
    """Every night: what goes on without an assessment, what was sold wrongly, and whether the law changed."""
    assessments_watching.carry_out()
    products_reviewing.watch()
    products_checking.check()
