"""A whole installation of its own: services, web processes and an agent with a token and a customer."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2 import extensions

from custodian.embedded import processes
from tests.foundation.processes import REPOSITORY, UNWANTED, Process, pid_of, reachable_folder

BEFORE = """
import json, os, sys
from custodian import embedded
embedded.ensure()
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custodian.settings")
import django
django.setup()
"""


def environment(var: Path, **more: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if name[:6] not in UNWANTED}
    clean.pop("DJANGO_SETTINGS_MODULE", None)
    return {
        **clean,
        "PYTHONPATH": str(REPOSITORY),
        "PYTHONDONTWRITEBYTECODE": "1",
        "CUSTODIAN_VAR": str(var),
        "CUSTODIAN_API_RATE": "1000000/min",
        **more,
    }


@dataclass
class Installation:
    """`keeper` holds the services, so that they outlive commands and can be brought back."""

    var: Path
    keeper: Process
    facts: dict[str, Any]
    told: dict[str, Any] = field(default_factory=dict)

    def run(self, code: str) -> Any:
        """Run Python inside the installation; the last line that it prints is its answer as JSON."""
        done = subprocess.run(
            [sys.executable, "-c", BEFORE + code],
            cwd=REPOSITORY,
            env=environment(self.var),
            capture_output=True,
            text=True,
            timeout=300,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def command(self, *words: str) -> None:
        subprocess.run(
            [sys.executable, "manage.py", *words],
            cwd=REPOSITORY,
            env=environment(self.var),
            check=True,
            capture_output=True,
            timeout=300,
        )

    def database(self) -> extensions.connection:
        connection = psycopg2.connect(self.facts["super"], connect_timeout=5)
        connection.autocommit = True
        return connection

    def kill_database(self) -> None:
        """SIGKILL the postmaster and every process of its own, at once."""
        postmaster = pid_of(self.facts, "postgres")
        family = [postmaster, *_children(postmaster)]
        for pid in family:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        data = Path(self.facts["room"], "postgres", "data")
        assert processes.wait_until(lambda: not processes.alive(postmaster, data), seconds=10)

    def revive(self) -> None:
        assert self.keeper.again() == self.facts

    @contextlib.contextmanager
    def started(self, name: str, command: list[str]) -> Iterator[subprocess.Popen[bytes]]:
        """A process of the product until the block's end; what it says is in var/logs/<name>.log."""
        (self.var / "logs").mkdir(exist_ok=True)
        with (self.var / "logs" / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *command],
                cwd=REPOSITORY,
                env=environment(self.var),
                stdout=log,
                stderr=log,
            )
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)

    @contextlib.contextmanager
    def serving(self) -> Iterator[int]:
        """Web processes and the log's sequencer, as in production; yields the port once nothing waits for its seal."""
        port = processes.free_port(None)
        web = ["-m", "gunicorn", "custodian.wsgi", "--bind", f"127.0.0.1:{port}"]
        web += ["--worker-class", "gthread", "--workers", "2", "--threads", "8"]
        with self.started("sequencer", ["manage.py", "sequencer"]), self.started("web", web):
            assert processes.wait_until(lambda: _ready(port), seconds=60)
            yield port

    def request(self, port: int, *, ref: str = "", elements: Any = ("identity.mobile",)) -> bytes:
        body = json.dumps({"elements": list(elements), "purpose": "follow_up", "reason": "回访"})
        path = f"/api/v1/customers/{ref or self.told['ref']}/reveal"
        return (
            f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n"
            f"Authorization: Bearer {self.told['token']}\r\nContent-Type: application/json\r\n"
            f"Content-Length: {len(body.encode())}\r\n\r\n{body}"
        ).encode()


def _children(pid: int) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError, IndexError):
            state = Path(entry, "stat").read_text(encoding="utf-8", errors="replace")
            if int(state.rpartition(")")[2].split()[1]) == pid:
                found.append(int(entry.name))
    return found


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


@dataclass
class Answer:
    status: int
    body: bytes

    @property
    def entry(self) -> int:
        return int(json.loads(self.body)["entry"])


def ask(port: int, request: bytes, *, at_first_byte: Any = lambda: None) -> Answer:
    """One request; `at_first_byte` is called when the answer begins to arrive."""
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        line.sendall(request)
        received = line.recv(1)
        at_first_byte()
        while chunk := line.recv(65536):
            received += chunk
    head, _, body = received.partition(b"\r\n\r\n")
    if b"chunked" in head.lower():
        body = b"".join(body.split(b"\r\n")[1::2])
    return Answer(int(head.split()[1]) if head else 0, body)


SET_UP = """
from access import actors, tokens
from access.models import User
from access.vocabulary import Role
from tests import estate
from tests.security import looking
looking.unbounded()
agent = estate.user(Role.AGENT)
customer = estate.customer(of=[agent])
acts = ["records:customer:reveal", "records:customer:view", "records:customer:search",
        "records:customer:list"]
_, raw = tokens.issue(agent, name="core", actions=acts, purposes=["follow_up", "payment"], days=1,
                      actor=actors.system("tests"))
print(json.dumps({"ref": customer.ref, "pk": customer.pk, "agent": agent.pk, "token": raw}))
"""


@contextlib.contextmanager
def installed() -> Iterator[Installation]:
    with reachable_folder() as folder:
        var = folder / "var"
        keeper = Process(var)
        try:
            installation = Installation(var, keeper, keeper.facts())
            installation.command("migrate", "--verbosity", "0")
            installation.command("create_keyring")
            installation.command("create_log_key")
            installation.told = installation.run(SET_UP)
            yield installation
        finally:
            keeper.finish()


def wait_for(seconds: float, true: Any) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)
