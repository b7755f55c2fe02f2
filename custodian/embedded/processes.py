"""Servers as processes: alive in their own folder, stopped by signal, listening on a free port."""

from __future__ import annotations

import os
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path


def alive(pid: int, home: Path) -> bool:
    """Whether the process runs and works in `home`; a number used again by a stranger does not."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
        # A killed process that nobody has reaped yet still has its number.
        if state.rpartition(")")[2].split()[0] in "ZX":
            return False
        return Path(f"/proc/{pid}/cwd").resolve(strict=True) == home.resolve()
    except OSError:
        return False


def nobody_works_in(home: Path) -> bool:
    """Whether no process of ours has this folder as its own."""
    return not any(
        alive(int(entry.name), home) for entry in Path("/proc").iterdir() if entry.name.isdecimal()
    )


def number_in(path: Path, *, line: int = 0) -> int | None:
    """A whole number on one line of a file, if there is one."""
    try:
        return int(path.read_text(encoding="utf-8").splitlines()[line])
    except (OSError, ValueError, IndexError):
        return None


def wait_until(true: Callable[[], bool], *, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.01)
    return True


def stop(pid: int, home: Path, *, with_signal: signal.Signals, seconds: float = 30) -> None:
    """Ask the process to end, and end it if it does not."""
    if not alive(pid, home):
        return
    os.kill(pid, with_signal)
    if not wait_until(lambda: not alive(pid, home), seconds=seconds):
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: not alive(pid, home), seconds=5)


def free_port(preferred: int | None) -> int:
    """The port of the last start if it is free, so that addresses outlive a crash; else another."""
    for port in filter(None, (preferred, 0)) if preferred else (0,):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    return free_port(None)
