"""Other processes that use the embedded services, driven line by line."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[2]

# Prints one JSON line when ready, then waits for its input to close.
USER = """
import json, sys
from custodian import embedded
{before}
try:
    embedded.ensure()
except embedded.EmbeddedError as error:
    sys.exit(str(error))
services = embedded.active()
def report(**more):
    facts = services and {{"url": services.url("app"), "redis": services.redis_url,
        "super": services.url("superuser"), "room": str(services.room)}}
    print(json.dumps({{**(facts or {{}}), **more}}), flush=True)
{after}
report()
for line in sys.stdin:
    embedded.ensure()
    report()
"""


class Process:
    """A Python process that joined the services of a `var` folder."""

    def __init__(
        self,
        var: Path,
        *,
        before: str = "",
        after: str = "",
        environment: dict[str, str] | None = None,
        python: str = sys.executable,
        uid: int | None = None,
    ) -> None:
        clean = {name: value for name, value in os.environ.items() if name[:6] not in UNWANTED}
        self.popen = subprocess.Popen(
            [python, "-c", USER.format(before=before, after=after)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd="/" if uid else REPOSITORY,
            user=uid,
            group=uid,
            extra_groups=[] if uid else None,
            env={
                **clean,
                "PYTHONPATH": os.pathsep.join([str(REPOSITORY), *filter(None, sys.path)]),
                "CUSTODIAN_VAR": str(var),
                "PYTHONDONTWRITEBYTECODE": "1",
                **(environment or {}),
            },
        )

    def facts(self) -> dict[str, Any]:
        assert self.popen.stdout
        assert self.popen.stderr
        line = self.popen.stdout.readline()
        assert line, self.popen.stderr.read()
        return json.loads(line)

    def again(self) -> dict[str, Any]:
        """Let the process call ensure() once more."""
        assert self.popen.stdin
        self.popen.stdin.write("again\n")
        self.popen.stdin.flush()
        return self.facts()

    def finish(self) -> tuple[int, str]:
        """Close its input and wait: the exit code and what it complained about."""
        complaint = self.popen.communicate(timeout=60)[1]
        return self.popen.returncode, complaint

    def kill(self, number: signal.Signals) -> int:
        self.popen.send_signal(number)
        return self.finish()[0]


UNWANTED = frozenset({"DATABA", "REDIS_", "CUSTOD"})


@contextlib.contextmanager
def joined(var: Path, **how: Any) -> Iterator[tuple[Process, dict[str, Any]]]:
    process = Process(var, **how)
    try:
        yield process, process.facts()
    finally:
        process.finish()


@contextlib.contextmanager
def reachable_folder() -> Iterator[Path]:
    """A folder that another account may pass through; pytest's own ones are closed."""
    folder = Path(tempfile.mkdtemp(prefix="custodian-test-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def pid_of(facts: dict[str, Any], server: str) -> int:
    name = {"postgres": "postgres/data/postmaster.pid", "valkey": "valkey/valkey.pid"}[server]
    return int(Path(facts["room"], name).read_text().split()[0])
