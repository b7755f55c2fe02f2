"""Checks sealed values now: a sample, or everything."""

from __future__ import annotations

import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from rich.console import Console
from rich.progress import Progress

from access import actors, scopes
from access.vocabulary import Channel
from custodian.errors import CustodianError
from custodian.jobs import OPEN, JobStatus
from custodian.workflow import IllegalMove
from records.models import ScrubRun
from records.storage import scheduling, scrub
from records.storage.words import STEPS, step_words

FOUND = 1
POLL = 0.5


class Command(BaseCommand):
    help = "Check that sealed values open and belong where they lie / 检查密封值"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--full", action="store_true", help="everything / 全查")
        parser.add_argument("--sample", type=int, help="how many holdings / 抽查多少个")

    def handle(self, *args: Any, **options: Any) -> None:
        kind = ScrubRun.Kind.FULL if options["full"] else ScrubRun.Kind.SAMPLE
        if options["full"] and options["sample"]:
            raise CommandError(_("--full 与 --sample 只能选一个"))
        actor = actors.system("scrubber")
        with scopes.acting(actor):
            try:
                run = scheduling.request(
                    kind, reason="", channel=Channel.COMMAND, size=options["sample"], actor=actor
                )
            except CustodianError as error:
                raise CommandError(str(error.message)) from None
        console = Console(file=sys.stdout, soft_wrap=True)
        with Progress(console=console, transient=True) as bar:
            task = bar.add_task(str(run), total=None)
            run = _done(run, lambda at: bar.update(task, total=at.total, completed=at.done))
        self._tell(run)

    def _tell(self, run: ScrubRun) -> None:
        for name in filter(run.counts.__contains__, STEPS):
            self.stdout.write(f"  {run.counts[name]:>10,}  {step_words(name)}")
        said = {
            "values": f"{run.values_checked:,}",
            "rate": f"{run.rate:,.0f}",
            "faults": f"{run.faults:,}",
        }
        self.stdout.write(_("打开 %(values)s 个值，每秒 %(rate)s 个；异常 %(faults)s 项") % said)
        if run.unlogged:
            self.stdout.write(
                _("其中 %(n)s 个早于状态清单，只核对了密封值本身") % {"n": f"{run.unlogged:,}"}
            )
        if run.faults:
            self.stdout.flush()
            sys.exit(FOUND)


def _done(run: ScrubRun, on_progress: Callable[[ScrubRun], None]) -> ScrubRun:
    """Do it; or where the clock's worker was quicker, watch it."""
    try:
        return scrub.work(run.pk, on_progress=on_progress)
    except IllegalMove:
        while run.status in OPEN:
            time.sleep(POLL)
            run.refresh_from_db()
            on_progress(run)
    if run.status != JobStatus.DONE:
        raise CommandError(_("检查中断：%(why)s") % {"why": run.note})
    return run
