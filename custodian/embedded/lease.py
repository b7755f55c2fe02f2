"""A shared lock that says "in use": whoever lets go of it last stops the servers."""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from custodian.embedded.errors import EmbeddedError, belongs_to_someone_else

GATE_SECONDS = 120.0


@contextmanager
def gate(room: Path) -> Iterator[None]:
    """One process at a time starts, stops, joins or leaves."""
    handle = _open(room / "gate.lock")
    try:
        deadline = time.monotonic() + GATE_SECONDS
        while not _locked(handle, fcntl.LOCK_EX):
            if time.monotonic() > deadline:
                raise EmbeddedError(
                    f"另一个进程正占用 {room}，等待超时。请确认没有卡住的 manage.py 后重试。",
                    f"Another process keeps {room} busy. Look for a stuck manage.py and try again.",
                )
            time.sleep(0.01)
        yield
    finally:
        os.close(handle)


class Lease:
    """This process's share in the servers. Joined and left inside the gate only."""

    def __init__(self, room: Path) -> None:
        self._handle: int | None = _open(room / "lease.lock")
        fcntl.flock(self._handle, fcntl.LOCK_SH)
        self._pid = os.getpid()
        self._last = False

    @property
    def mine(self) -> bool:
        """A forked child inherits the lock, not the duty to let go of it."""
        return self._pid == os.getpid() and self._handle is not None

    def is_last(self) -> bool:
        self._last = self._handle is not None and _locked(self._handle, fcntl.LOCK_EX)
        return self._last

    def leave(self) -> None:
        if self._handle is None or not self.mine:
            return
        if self._last:
            # A forked child that lingers shares this lock, and would keep the next user out.
            fcntl.flock(self._handle, fcntl.LOCK_UN)
        os.close(self._handle)
        self._handle = None


def _open(path: Path) -> int:
    try:
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except PermissionError:
        raise belongs_to_someone_else(path) from None
    if os.geteuid() == 0:
        folder = path.parent.stat()
        os.fchown(handle, folder.st_uid, folder.st_gid)
    return handle


def _locked(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
