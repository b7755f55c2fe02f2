"""An installation of an insurer: a process with its own database, keyring and folder. Files pass alone."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from custodian import databases, embedded
from custodian.embedded.postgres import ROLES

ACTS: Final = "custodian.drills.handover.acts"
_REPOSITORY: Final = Path(__file__).resolve().parents[3]
_PATIENCE: Final = 20  # seconds that a process has to end by itself


class Refused(Exception):
    """What an act raised in the other process: the name of the error and its code."""

    def __init__(self, name: str, code: str, trace: str) -> None:
        super().__init__(f"{name} {code}\n{trace}")
        self.name, self.code = name, code


class Killed(Exception):
    """The process is gone."""


class House:
    """Every call is one line out and one line back; `clock` is what it takes for now, if it is told."""

    # Another process on the same database and folder, as after this one was killed.
    revive: Callable[..., contextlib.AbstractContextManager[House]]

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self.folder = process, folder
        self.clock: datetime | None = None
        self.peak = 0  # bytes of memory

    def __getattr__(self, act: str) -> Callable[..., Any]:
        return lambda **said: self._ask(act, said)

    def _ask(self, act: str, said: Mapping[str, Any]) -> Any:
        at = self.clock.isoformat() if self.clock else None
        try:
            line = self._line(json.dumps({"do": act, "with": said, "at": at}))
        except BrokenPipeError:
            line = ""
        if not line:
            raise Killed
        answer = json.loads(line)
        if "refused" in answer:
            raise Refused(*answer["refused"])
        self.peak = answer["peak"]
        return answer["said"]

    def _line(self, asked: str) -> str:
        ask, answers = self._process.stdin, self._process.stdout
        if ask is None or answers is None:
            raise Killed
        ask.write(f"{asked}\n")
        ask.flush()
        return answers.readline()


@contextlib.contextmanager
def standing(
    folder: Path, code: str, name: str, addresses: Mapping[str, str], *, acts: str = ACTS
) -> Iterator[House]:
    """The installation on the database that the variables lead to, until the end of the block."""
    folder.mkdir(parents=True, exist_ok=True)

    @contextlib.contextmanager
    def started(failpoint: str = "") -> Iterator[House]:
        said = {**_environment(folder, code, name), **addresses, "CUSTODIAN_FAILPOINT": failpoint}
        process = subprocess.Popen(
            [sys.executable, "-m", "custodian.drills.handover.worker", acts],
            cwd=_REPOSITORY,
            env={**os.environ, **said},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            yield House(process, folder)
        finally:
            _end(process)

    with started() as house:
        house.revive = started
        yield house


def addresses(database: str) -> dict[str, str]:
    """The variables that lead another process to this database, and to no other."""
    before = databases.use(database)
    try:
        roles = (role for role in ROLES if role != "superuser")
        found = {databases.VARIABLES[role]: databases.url(role) for role in roles}
    finally:
        databases.use(before)
    services = embedded.active()
    return {**found, **({"REDIS_URL": services.redis_url} if services else {})}


def _environment(folder: Path, code: str, name: str) -> dict[str, str]:
    own = {
        "KEYRING": "keyring.json", "LOG_KEY": "log-key", "LOG_POLICY": "log-policy.txt",
        "LOG_HEAD": "log-head/head", "LOG_STORE": "log-store", "TOMBSTONES": "tombstones",
        "TRANSFER_LEDGER": "transfer-ledger", "BACKUPS": "backups",
    }  # fmt: skip
    return {
        **{f"CUSTODIAN_{key}": str(folder / file) for key, file in own.items()},
        "CUSTODIAN_ENV": "local",
        "CUSTODIAN_VAR": str(folder),
        "CUSTODIAN_INSURER": code,
        "CUSTODIAN_INSURER_NAME_ZH": name,
        "CUSTODIAN_INSURER_NAME_EN": code,
        "CUSTODIAN_KEK_PROVIDER": "file",
        "CUSTODIAN_LOG_ORIGIN": f"custodian.drill/handover/{code}",
        "CUSTODIAN_SYSLOG": "",
        "PYTHONPATH": str(_REPOSITORY),
    }


def _end(process: subprocess.Popen[str]) -> None:
    for stream in (process.stdin, process.stdout):
        with contextlib.suppress(BrokenPipeError):
            if stream:
                stream.close()
    try:
        process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait(_PATIENCE)


def packed(content: bytes) -> str:
    return base64.b64encode(content).decode()


def unpacked(text: str) -> bytes:
    return base64.b64decode(text)
