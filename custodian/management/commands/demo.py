"""The whole product with a demo insurer in it: set up once, then web, worker, beat and sequencer."""

from __future__ import annotations

import shutil
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _
from django.utils.translation import override
from rich.console import Console

from custodian import embedded
from custodian.demo import outside, processes
from custodian.demo.processes import Family, NotStarted

CUSTOMERS = 5000


class Command(BaseCommand):
    help = "Set up and run the demo insurer / 建立并运行演示公司"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000)
        parser.add_argument("--customers", type=int, default=CUSTOMERS)
        parser.add_argument("--reload", action="store_true")
        parser.add_argument("--build-only", action="store_true", help="set up, but run nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        with override("zh-hans"):
            self._run(
                **{key: options[key] for key in ("port", "customers", "reload", "build_only")}
            )

    def _run(self, *, port: int, customers: int, reload: bool, build_only: bool) -> None:
        console = Console(highlight=False)
        if embedded.active() is None:
            raise CommandError(
                _("演示只在内置服务上运行。请去掉 DATABASE_URL 与 REDIS_URL 后重试。")
            )
        if not build_only and not processes.port_is_free(port):
            raise CommandError(
                _("端口 %(port)s 已被占用。请换一个：make demo PORT=8100") % {"port": port}
            )
        self._prepare(console, customers)
        if not build_only:
            self._serve(console, port, reload=reload)

    def _prepare(self, console: Console, customers: int) -> None:
        from custodian.demo import build

        console.print(_("正在准备数据库 / Preparing the database"))
        call_command("migrate", verbosity=0, interactive=False)
        if not settings.CUSTODIAN_KEYRING.exists():
            call_command("create_keyring", stdout=self.stdout)
        outside.prepare()
        # Letters of the history go where all messages of the demo go, and not to whoever starts it.
        settings.CUSTODIAN_OUTBOX = _outbox()
        settings.EMAIL_BACKEND = "custodian.outbox.MailBackend"
        try:
            build.ensure(customers=customers, console=console)
        except build.NotADemo as error:
            raise CommandError(
                _("%(var)s 里有不属于演示的数据，不会改动。请换一个目录：CUSTODIAN_VAR=…")
                % {"var": settings.VAR}
            ) from error

    def _serve(self, console: Console, port: int, *, reload: bool) -> None:
        from custodian.demo import cast

        family = Family(settings.VAR / "logs")
        try:
            extra = _environment()
            for name, command in processes.commands(port, reload=reload).items():
                family.start(name, command, extra)
            processes.wait_until_ready(family, port)
            address = f"http://127.0.0.1:{port}/"
            cast.introduce(console, address)
            # The line that scripts wait for; it stays as it is in every language.
            print(f"Custodian is ready at {address}", flush=True)  # noqa: T201
            self._watch(family)
        except NotStarted as error:
            raise CommandError(
                _("一个进程已停止，请看它的日志：%(log)s") % {"log": error}
            ) from error
        except KeyboardInterrupt:
            console.print(_("正在停止 / Stopping"))
        finally:
            family.stop()

    def _watch(self, family: Family) -> None:
        while (child := family.ended()) is None:
            time.sleep(0.5)
            embedded.ensure()  # a database that was killed comes back
        raise NotStarted(f"{child.name}: {child.log}")


def _outbox() -> Path:
    return Path(settings.VAR) / "demo-outbox"


def _environment() -> dict[str, str]:
    counters = settings.VAR / "metrics"
    shutil.rmtree(counters, ignore_errors=True)
    counters.mkdir(parents=True)
    return {
        "CUSTODIAN_DEMO": "1",
        "CUSTODIAN_DEMO_SIGN_INS": "50",
        "CUSTODIAN_BIND": "127.0.0.1",
        "CUSTODIAN_OUTBOX": str(_outbox()),
        "PROMETHEUS_MULTIPROC_DIR": str(counters),
    }
