"""Two installations of two insurers: each a process with its own database, keyring and folder. Files pass alone."""

from __future__ import annotations

import base64
import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tests import databases

REPOSITORY = Path(__file__).resolve().parents[2]


class Refused(Exception):
    """What a step raised in the other process: the name of the error and its code."""

    def __init__(self, name: str, code: str, trace: str) -> None:
        super().__init__(f"{name} {code}\n{trace}")
        self.name, self.code = name, code


class House:
    """One installation; every call is one line out and one line back."""

    # Another process on the same database and folder, as after this one was killed.
    revive: Any

    def __init__(self, process: subprocess.Popen[str], folder: Path) -> None:
        self._process, self.folder = process, folder

    def __getattr__(self, step: str) -> Any:
        def call(**said: Any) -> Any:
            assert self._process.stdin
            assert self._process.stdout
            self._process.stdin.write(json.dumps({"do": step, "with": said}) + "\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
            if not line:
                raise Killed
            answer = json.loads(line)
            if "refused" in answer:
                raise Refused(*answer["refused"])
            return answer["said"]

        return call


class Killed(Exception):
    """The process is gone."""


@contextlib.contextmanager
def house(folder: Path, code: str, name: str, **environment: str) -> Iterator[House]:
    """An installation until the end of the block; its database goes with it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (
        databases.beside(code.lower()) as addresses,
        started(folder, code, name, {**addresses, **environment}) as found,
    ):
        found.revive = lambda failpoint="": started(
            folder, code, name, {**addresses, "CUSTODIAN_FAILPOINT": failpoint}
        )
        yield found


@contextlib.contextmanager
def started(folder: Path, code: str, name: str, environment: Mapping[str, str]) -> Iterator[House]:
    """The process alone, on whatever database the variables lead to."""
    said = {
        **os.environ,
        **environment,
        "CUSTODIAN_ENV": "test",
        "CUSTODIAN_VAR": str(folder),
        "CUSTODIAN_KEYRING": str(folder / "keyring.json"),
        "CUSTODIAN_INSURER": code,
        "CUSTODIAN_INSURER_NAME_ZH": name,
        "CUSTODIAN_INSURER_NAME_EN": code,
        "PYTHONPATH": str(REPOSITORY),
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.handover.worker"],
        cwd=REPOSITORY,
        env=said,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield House(process, folder)
    finally:
        for stream in (process.stdin, process.stdout):
            with contextlib.suppress(BrokenPipeError):
                if stream:
                    stream.close()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(20)


def packed(content: bytes) -> str:
    return base64.b64encode(content).decode()


def unpacked(text: str) -> bytes:
    return base64.b64decode(text)
