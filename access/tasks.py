"""Wake-up calls of access: the log is verified again and again, without anybody's asking."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.db import transaction

from access import actors, exposure, honey, rechecking, scopes
from access.audits import reports, running
from access.bundles import jobs as bundles
from access.exports import jobs as exports
from access.feed.pump import MOST, pump
from access.key_rotation import jobs as rotations
from access.key_rotation import retiring
from access.law import calendar_entering
from access.models import AuditRun, Replay, Verification
from access.recertification import lapsing
from access.replay import jobs as replays
from access.scorecards import keeping as scorecards
from access.training import reminders
from access.verification import jobs
from custodian.workflow import IllegalMove

_log = structlog.get_logger("access")


@shared_task(name="access.tasks.verify_log")
def verify_log(_key: int = 0) -> None:
    """What was added since the last run; once a night, everything."""
    if jobs.due_full():
        jobs.carry_out(Verification.Kind.FULL)
    jobs.carry_out(Verification.Kind.INCREMENTAL)


@shared_task(name="access.tasks.build_bundle")
def build_bundle(bundle_id: int) -> None:
    try:
        bundles.work(bundle_id)
    except IllegalMove:
        _log.info("bundle-held-by-another", job=bundle_id)


@shared_task(name="access.tasks.build_export")
def build_export(export_id: int) -> None:
    try:
        exports.work(export_id)
    except IllegalMove:
        _log.info("export-held-by-another", job=export_id)


@shared_task(name="access.tasks.replay_rules")
def replay_rules(replay_id: int) -> None:
    try:
        replays.work(replay_id)
    except IllegalMove:
        _log.info("replay-held-by-another", job=replay_id)


@shared_task(name="access.tasks.rotate_kek")
def rotate_kek(rotation_id: int) -> None:
    try:
        rotations.work(rotation_id)
    except IllegalMove:
        _log.info("rotation-held-by-another", job=rotation_id)


@shared_task(name="access.tasks.keep_keys")
def keep_keys() -> None:
    """A KEK that has had its time is replaced, and one that wraps nothing any more destroyed."""
    try:
        retiring.carry_out()
    except (retiring.KekNeeded, retiring.UnknownKek, rotations.RotationRunning) as error:
        _log.info("keys-kept", reason=error.code)


@shared_task(name="access.tasks.sweep")
def sweep() -> None:
    """Whatever is due and nobody is at, and whatever has been kept for its time."""
    for bundle_id in bundles.due():
        build_bundle.delay(bundle_id)
    for replay_id in Replay.objects.due().values_list("pk", flat=True):
        replay_rules.delay(replay_id)
    for export_id in exports.due():
        build_export.delay(export_id)
    for rotation_id in rotations.due():
        rotate_kek.delay(rotation_id)
    bundles.expire()
    exports.expire()


@shared_task(name="access.tasks.recheck")
def recheck() -> None:
    """Whether approvals are as the product left them; each that is not is told once."""
    rechecking.carry_out()


@shared_task(name="access.tasks.watch_honey")
def watch_honey() -> None:
    """Whether anybody opened a customer whom nobody has a reason to open."""
    honey.watch()


@shared_task(name="access.tasks.note_exposures")
def note_exposures() -> None:
    exposure.note()


@shared_task(name="access.tasks.audit")
def audit() -> None:
    """Days that are over and not audited yet, in their order; then the reports that are owed."""
    try:
        running.catch_up()
    except IllegalMove:
        _log.info("audit-held-by-another")
    for run_id in reports.owed():
        report_audit.delay(run_id)


@shared_task(name="access.tasks.report_audit")
def report_audit(run_id: int) -> None:
    reports.make(AuditRun.objects.get(pk=run_id))


@shared_task(name="access.tasks.recertify")
def recertify() -> None:
    """Rights that nobody confirmed by the date of their campaign end."""
    lapsing.carry_out()


@shared_task(name="access.tasks.remind")
def remind() -> None:
    """Whose training or undertaking ends soon is told so, once for each step."""
    with scopes.acting(actors.system("reminder")):
        reminders.carry_out()


@shared_task(name="access.tasks.keep_scorecards")
def keep_scorecards() -> None:
    """The figures of this week and the last, each night of the office."""
    scorecards.carry_out()


@shared_task(name="access.tasks.reckon_clocks")
def reckon_clocks() -> None:
    """Clocks whose law is told otherwise by a newer release are due by what it says."""
    with transaction.atomic():
        calendar_entering.reckon_again()


@shared_task(name="access.tasks.feed")
def feed() -> None:
    """Sealed entries to the insurer's security monitoring."""
    while pump() == MOST:
        pass
