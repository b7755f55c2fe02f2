"""What leaves the database beside the head: the write-once folder and the witnesses, each at its own pace."""

from __future__ import annotations

import threading
from collections.abc import Callable

import structlog
from django.conf import settings
from psycopg2 import extensions

from access.sequencer.archivist import Archivist
from access.sequencer.cosigner import Cosigner
from access.sequencer.reconciled import require_reconciled
from custodian import databases
from custodian.tlog.archive import Archive

ARCHIVE_SECONDS = 1.0
_log = structlog.get_logger("sequencer")


class Copies:
    """Two threads with connections of their own; whatever hangs there does not hold up the sealing."""

    def __init__(self) -> None:
        self._stop = threading.Event()
        self.alarm = ""  # why nothing more may be signed, once a witness has proven it
        self._threads = [
            threading.Thread(target=self._archive, name="archivist", daemon=True),
            threading.Thread(target=self._witness, name="cosigner", daemon=True),
        ]

    def start(self) -> None:
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._stop.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join(5)

    def _archive(self) -> None:
        archive = Archive(settings.CUSTODIAN_LOG_STORE)
        self._again(lambda connection: Archivist(connection, archive).once, ARCHIVE_SECONDS)

    def _witness(self) -> None:
        self._again(
            lambda connection: Cosigner(connection, settings.CUSTODIAN_LOG_POLICY, self._hear).once,
            settings.CUSTODIAN_WITNESS_SECONDS,
        )

    def _hear(self, why: str) -> None:
        self.alarm = why

    def _again(
        self, make: Callable[[extensions.connection], Callable[[], int]], seconds: float
    ) -> None:
        """Take turns until told to stop; after an error everything is made anew."""
        turn: Callable[[], int] | None = None
        connection: extensions.connection | None = None
        while not self._stop.is_set():
            try:
                if turn is None:
                    name = f"custodian {threading.current_thread().name}"
                    connection = databases.connect("sequencer", application_name=name)
                    require_reconciled(connection)
                    turn = make(connection)
                turn()
            except Exception as error:  # noqa: BLE001  a copy that fails is tried again, and says so
                _log.error(
                    "copy-failed", copy=threading.current_thread().name, reason=type(error).__name__
                )
                turn = None
                if connection is not None:
                    connection.close()
            self._stop.wait(seconds)
        if connection is not None:
            connection.close()
