"""The log's own process: gives every entry its place in the signed tree and tells the head to others."""

from __future__ import annotations

import signal
import sys
import threading
from typing import Any

import structlog
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils.translation import gettext as _

from access.bundles import dictionary
from access.restored import RestoredNotReconciled
from access.sequencer import process
from access.sequencer.announce import RefusesToSign
from access.sequencer.copies import Copies
from access.sequencer.process import Sequencer
from access.sequencer.reconciled import NotReconciled
from custodian.tlog import log_key
from custodian.tlog.head import HeadMoved

_log = structlog.get_logger("sequencer")
REFUSED = 3


class Command(BaseCommand):
    help = "Run the query log's sequencer / 运行查询日志的定序进程"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="one turn, then end / 只做一轮")

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        stop_on_signals(stop)
        keys = _keys()
        copies = Copies()
        try:
            if options["once"]:
                sequencer = _make(keys)
                sequencer.cycle()
                sequencer.close()
                return
            copies.start()
            process.run(lambda: _make(keys), stop, lambda: copies.alarm)
        except NotReconciled:
            raise CommandError(str(RestoredNotReconciled.message)) from None
        except (RefusesToSign, HeadMoved) as error:
            why = str(error) or type(error).__name__
            _log.error("refuses-to-sign", reason=why)
            self.stderr.write(
                _("拒绝签署：数据库与库外的检查点不符（%(why)s）。见 docs/runbooks/log.md。")
                % {"why": why}
            )
            sys.exit(REFUSED)
        finally:
            copies.stop()


def stop_on_signals(stop: threading.Event) -> None:
    """Set from a thread of its own: the main one may hold the event's lock just when the signal comes."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: threading.Thread(target=stop.set, daemon=True).start())


def _make(keys: list[log_key.LogKey]) -> Sequencer:
    return Sequencer(head=settings.CUSTODIAN_LOG_HEAD, keys=keys, codes=dictionary.digest())


def _keys() -> list[log_key.LogKey]:
    try:
        return log_key.load(settings.CUSTODIAN_LOG_KEY)
    except log_key.KeyFileRefused as error:
        raise CommandError(
            _("不能使用日志密钥 %(path)s（%(why)s）。请先运行 manage.py create_log_key。")
            % {"path": settings.CUSTODIAN_LOG_KEY, "why": error}
        ) from error
