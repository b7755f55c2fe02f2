"""Wake-up calls for the long work of incidents; the rows say what there is to do."""

from __future__ import annotations

import structlog
from celery import shared_task

from access import actors, scopes
from custodian.workflow import IllegalMove
from incidents import own_telling
from incidents.affected import jobs as affected
from incidents.cases import escalating
from incidents.cases.standing import ACTOR
from incidents.fraud import expiring, giving, screening
from incidents.models import AffectedList, LeakTrace
from incidents.notices import sending
from incidents.risks import checking
from incidents.sanctions import flags
from incidents.sanctions import importing as listing
from incidents.tracing import jobs

_log = structlog.get_logger("incidents")


@shared_task
def trace_list(job_id: int) -> None:
    try:
        jobs.work(job_id)
    except IllegalMove:
        _log.info("trace-held-by-another", job=job_id)


@shared_task
def reckon_affected(job_id: int) -> None:
    try:
        affected.work(job_id)
    except IllegalMove:
        _log.info("affected-held-by-another", job=job_id)


@shared_task
def send_notices(batch_id: int) -> None:
    try:
        sending.work(batch_id)
    except IllegalMove:
        _log.info("notices-held-by-another", job=batch_id)


@shared_task
def sweep() -> None:
    """What nobody is at: a worker that died, a message that was lost."""
    for job_id in LeakTrace.objects.due().values_list("pk", flat=True):
        trace_list.delay(job_id)
    with scopes.acting(actors.system(ACTOR)):
        waiting = list(AffectedList.objects.due().values_list("pk", flat=True))
    for job_id in waiting:
        reckon_affected.delay(job_id)
    for job_id in sending.due():
        send_notices.delay(job_id)


@shared_task
def tell_person(key: int) -> None:
    own_telling.tell(key)


@shared_task
def tell_due() -> None:
    """What comes near or is late in cases is told once to each whom it concerns."""
    for key in own_telling.due():
        own_telling.tell(key)
    with scopes.acting(actors.system(ACTOR)):
        escalating.carry_out()


@shared_task
def end_flags() -> None:
    """Entries whose term is over go with their keys, and rows that were set aside with their month."""
    with scopes.acting(actors.system(ACTOR)):
        flags.expire()
        listing.expire()


@shared_task
def screen_claim(claim_id: int) -> None:
    screening.claim(claim_id)


@shared_task
def screen_claims() -> None:
    """The search of the night over all open claims."""
    screening.carry_out()


@shared_task
def end_fraud_data() -> None:
    """Shared fraud data beyond its last day goes, with its keys."""
    giving.drop_returned()
    expiring.carry_out()


@shared_task
def measure_controls() -> None:
    """What the house has found out about its own controls is taken into their tests."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        checking.measure_all(actor=actor)
