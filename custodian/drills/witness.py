"""A witness of the drill's log: a process of its own, which knows nothing of any database."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from django.conf import settings

from custodian.drills.scratch import Impossible
from custodian.tlog.verify import Key

NAME = "witness.drill.example/1"
NICKNAME = "drill"
_KNOWN = ("PATH", "LANG", "LC_ALL", "SYSTEMROOT")


@dataclass(frozen=True)
class Witness:
    url: str
    vkey: str

    @property
    def policy(self) -> str:
        return f"witness {NICKNAME} {self.vkey} {self.url}\nquorum {NICKNAME}\n"


@contextmanager
def running(folder: Path, log: Key) -> Iterator[Witness]:
    command = [
        *(sys.executable, "-m", "custodian.tlog.witness", "--create", "--name", NAME),
        *("--folder", str(folder), "--log", log.vkey, "--bind", "127.0.0.1:0"),
    ]
    process = subprocess.Popen(
        command,
        cwd=settings.BASE_DIR,
        env={name: os.environ[name] for name in _KNOWN if name in os.environ},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C is for the drill, which then ends its witness
    )
    try:
        yield _introduced(process.stdout)
    finally:
        process.terminate()
        process.communicate()


def _introduced(said: IO[str] | None) -> Witness:
    found = re.search(r"(http://\S+)", said.readline() if said else "")
    if said is None or found is None:
        raise Impossible("no-witness")
    return Witness(found[1], said.readline().strip())
