"""Runs the product's processes side by side and ends them together."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from custodian.demo import outside

START_SECONDS = 180
STOP_SECONDS = 20
PYTHON = sys.executable


class NotStarted(Exception):
    """A process ended before the product was ready; the message names it and its log."""


@dataclass
class Child:
    name: str
    process: subprocess.Popen[bytes]
    log: Path


@dataclass
class Family:
    """The running processes, each with a log file of its own."""

    folder: Path
    children: list[Child] = field(default_factory=list)

    def start(self, name: str, command: Sequence[str], extra: Mapping[str, str]) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / f"{name}.log"
        with path.open("ab") as log:
            # A session of its own, or Ctrl-C would reach it before its turn to end.
            process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                env={**os.environ, **extra},
                start_new_session=True,
            )
        self.children.append(Child(name, process, path))

    def ended(self) -> Child | None:
        return next((child for child in self.children if child.process.poll() is not None), None)

    def stop(self) -> None:
        """Ask each to end, newest first, and wait; a process that will not is killed."""
        for child in reversed(self.children):
            if child.process.poll() is None:
                child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_SECONDS
        for child in self.children:
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.process.kill()
                child.process.wait()


def commands(port: int, *, reload: bool) -> dict[str, list[str]]:
    """Web, worker, beat and sequencer, as production runs them, and the witness of somebody else."""
    gunicorn = [PYTHON, "-m", "gunicorn", "custodian.wsgi", "--bind", f"127.0.0.1:{port}"]
    gunicorn += [
        "--worker-class",
        "gthread",
        "--workers",
        "2",
        "--threads",
        "8",
        "--log-level",
        "warning",
    ]
    celery = [PYTHON, "-m", "celery", "-A", "custodian", "--quiet"]
    return {
        "witness": outside.command(),
        "sequencer": [PYTHON, "manage.py", "sequencer"],
        "worker": [
            *celery,
            "worker",
            "-c",
            "1",
            "-l",
            "WARNING",
            "--without-gossip",
            "--without-mingle",
        ],
        "beat": [*celery, "beat", "-l", "WARNING"],
        "web": [*gunicorn, "--reload"] if reload else gunicorn,
    }


def wait_until_ready(family: Family, port: int) -> None:
    """Return once `/readyz` says yes; raise `NotStarted` when a process ended or time ran out."""
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if child := family.ended():
            raise NotStarted(f"{child.name}: {child.log}")
        if _ready(port):
            return
        time.sleep(0.2)
    raise NotStarted(f"/readyz: {family.folder}")


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
