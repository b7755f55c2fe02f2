"""What the commands that rotate keys share: ask, or go on with what was broken off, and show it."""

from __future__ import annotations

import time
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from access import actors, scopes
from access.key_rotation import jobs
from access.key_rotation.jobs import OnProgress, Why
from access.models import KeyRotation
from access.vocabulary import Channel
from custodian.errors import CustodianError
from custodian.jobs import OPEN, JobStatus
from custodian.workflow import IllegalMove

WATCH: Final = 0.5  # seconds between two looks at what a worker does


class BrokenOff(CustodianError):
    """Whoever was at it has failed."""

    code = "rotation-broken-off"
    status = 409
    message = gettext_lazy("后台作业没有做完。再运行一次即可续作；原因见密钥页")


class RotateCommand(BaseCommand):
    """A kind of rotation says its name, how it is carried out, and what it says at its end."""

    kind: str

    def work(self, rotation_id: int, on_progress: OnProgress) -> KeyRotation:
        raise NotImplementedError

    def told(self) -> str:
        raise NotImplementedError

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--reason", default="", help="why now / 为何现在轮换")
        parser.add_argument(
            "--leave",
            action="store_true",
            help="only ask, a worker does it / 只登记，由后台作业完成",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            rotation = self._asked_for(options["reason"])
            if options["leave"]:
                self.stdout.write(_("已登记，由后台作业完成。"))
                return
            rotation = self._worked(rotation)
        except CustodianError as error:
            raise CommandError(str(error.message) or error.code) from error
        facts = {"version": rotation.version, "n": f"{rotation.done:,}"}
        self.stdout.write(self.told() % {**facts, "hours": settings.CUSTODIAN_KEY_GRACE})
        if rotation.skipped:
            words = ngettext(
                "有 %(n)s 条没有换：打不开，或与现有的值对不上。请运行 manage.py invariants 查明。",
                "有 %(n)s 条没有换：打不开，或与现有的值对不上。请运行 manage.py invariants 查明。",
                rotation.skipped,
            )
            self.stderr.write(words % {"n": f"{rotation.skipped:,}"})

    def _asked_for(self, reason: str) -> KeyRotation:
        """A new rotation, or the one that is not finished."""
        actor = actors.system("key-rotator")
        with scopes.acting(actor):
            held = jobs.unfinished(self.kind)
            if held is None:
                return jobs.request(
                    self.kind, why=Why.COMMAND, reason=reason, channel=Channel.COMMAND, actor=actor
                )
            if held.status == JobStatus.FAILED:
                jobs.resume(held, channel=Channel.COMMAND, actor=actor)
        self.stdout.write(_("续作没有结束的轮换。"))
        return held

    def _worked(self, rotation: KeyRotation) -> KeyRotation:
        columns = (TextColumn(_("轮换")), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console()) as bar:
            task = bar.add_task("", total=None)

            def show(row: KeyRotation) -> None:
                bar.update(task, total=row.total, completed=row.done)

            while True:
                try:
                    return self.work(rotation.pk, show)
                except IllegalMove:  # a worker was faster: its progress is shown instead
                    rotation = _watched(rotation, show)
                    if rotation.status == JobStatus.DONE:
                        return rotation
                    if rotation.status not in OPEN:
                        raise BrokenOff from None


def _watched(rotation: KeyRotation, show: OnProgress) -> KeyRotation:
    """Until it has ended, or nobody is at it any more."""
    while True:
        rotation.refresh_from_db()
        show(rotation)
        if not KeyRotation.objects.unfinished().filter(pk=rotation.pk).exists():
            return rotation
        if rotation.status not in OPEN or KeyRotation.objects.due().filter(pk=rotation.pk).exists():
            return rotation
        time.sleep(WATCH)
