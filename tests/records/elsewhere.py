"""Something that happens at the same time, over a connection of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable

from django.db import connection


class Elsewhere:
    """Runs `act` in a thread; `passed` says that it came through."""

    def __init__(self, act: Callable[[], object]) -> None:
        self.passed = threading.Event()
        self.failed: BaseException | None = None
        self.thread = threading.Thread(target=self._run, args=[act])
        self.thread.start()

    def _run(self, act: Callable[[], object]) -> None:
        try:
            act()
            self.passed.set()
        except BaseException as error:  # noqa: BLE001  told by `join`
            self.failed = error
        finally:
            connection.close()

    def join(self) -> None:
        self.thread.join(20)
        assert not self.thread.is_alive()
        if self.failed:
            raise self.failed


def waits_for(table: str) -> bool:
    """Once some connection waits for the table; False if none does within seconds."""
    for _ in range(200):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = %s::regclass",
                [table],
            )
            if cursor.fetchone()[0]:
                return True
        threading.Event().wait(0.02)
    return False
