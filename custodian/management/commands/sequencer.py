"""The log's own process: drains the entries of changes into the log and keeps partitions ahead of it."""

from __future__ import annotations

import signal
import threading
from typing import Any

import psycopg2
import structlog
from django.core.management.base import BaseCommand

from access.querylog.drain import BATCH, PARTITION, Drain
from custodian import databases

PERIOD = 0.25
_log = structlog.get_logger("sequencer")


class Command(BaseCommand):
    help = "Run the query log's sequencer / 运行查询日志的定序进程"

    def handle(self, *args: Any, **options: Any) -> None:
        stop = threading.Event()
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: stop.set())
        drain = Drain()
        _extend()
        while not stop.wait(PERIOD):
            try:
                while drain.once() == BATCH and not stop.is_set():
                    pass
            except psycopg2.Error as error:
                _log.error("drain-failed", reason=type(error).__name__)
                stop.wait(1)
        drain.close()


def _extend() -> None:
    connection = databases.connect("sequencer", application_name="custodian sequencer")
    with connection.cursor() as cursor:
        cursor.execute("SELECT querylog.extend(%s)", [PARTITION])
    connection.close()
