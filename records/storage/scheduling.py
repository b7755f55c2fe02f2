"""When a scrub is due: a sample each night, everything once in a period; asked for by a person besides."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import JOB, OPEN, JobStatus, wake
from records.models import ScrubRun

HOUR: Final = 2  # of the office's night
RETRY: Final = timedelta(minutes=10)
Kind = ScrubRun.Kind


class AtWork(CustodianError):
    """A scrub waits or is at work; a second one at once would tell nothing more."""

    code = "scrub-at-work"
    status = 409
    message = _("已有一次检查在排队或进行中，请等它完成")


def periods() -> dict[str, date]:
    """By kind the day of the period that has begun: today, and the last that full scrubs begin on.

    Counted off the calendar, so that any number of clocks name the same day.
    """
    now = clock.local()
    day = now.date() - timedelta(days=0 if now.hour >= HOUR else 1)
    since = day.toordinal() % max(1, settings.CUSTODIAN_SCRUB_DAYS)
    return {Kind.SAMPLE: day, Kind.FULL: day - timedelta(days=since)}


def schedule() -> int:
    """A row for each period that has begun and has none; of many clocks at once one row. How many are new."""
    with scopes.acting(actors.system("scrubber")):
        for kind, period in periods().items():
            _put(kind, period)
        late = clock.now() - RETRY
        for run in ScrubRun.objects.filter(status=JobStatus.FAILED, finished_at__lt=late):
            JOB.move(run, "resume", {"finished_at": None})
        return ScrubRun.objects.due().count()


def _put(kind: str, period: date) -> None:
    if not ScrubRun.objects.filter(kind=kind, period=period).exists():
        ScrubRun.objects.bulk_create([ScrubRun(kind=kind, period=period)], ignore_conflicts=True)


def due() -> list[int]:
    """Those that nobody is at, oldest first."""
    return list(ScrubRun.objects.due().order_by("pk").values_list("pk", flat=True))


def request(
    kind: str, *, reason: str, channel: str, size: int | None = None, actor: Actor
) -> ScrubRun:
    """A scrub now, besides those that are due. Raises `AtWork` while another one waits or runs.

    A command does it itself; for everybody else a worker is woken.
    """
    with transaction.atomic():
        if ScrubRun.objects.filter(status__in=OPEN).exists():
            raise AtWork
        run = ScrubRun.objects.create(kind=kind, asked_by_id=actor.id, sample_size=size)
        gate.authorise(
            actor,
            Action.STORAGE_SCRUB,
            channel=channel,
            facts={"scrub": str(run.ref), "kind": kind},
            reason=reason,
        )
        if channel != Channel.COMMAND:
            from records.tasks import run_scrub  # the task leads back here

            wake(run_scrub, run.pk)
    return run
