"""The databases of these tests carry the number of their process, so that a killed run's can be told."""

from __future__ import annotations

import re
from contextlib import closing
from pathlib import Path

from custodian.drills import scratch


def name(pid: int) -> str:
    return f"verification_{pid}"


def drop() -> None:
    with closing(scratch.superuser(scratch.MAINTENANCE)) as server, server.cursor() as cursor:
        cursor.execute(
            "SELECT datname FROM pg_database WHERE datname ~ '^verification_[0-9]+_drill'"
        )
        for (found,) in cursor.fetchall():
            if not Path("/proc", re.findall("[0-9]+", found)[0]).exists():
                cursor.execute(f'DROP DATABASE IF EXISTS "{found}" WITH (FORCE)')
