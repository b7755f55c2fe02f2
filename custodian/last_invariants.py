"""What `manage.py invariants` found when it ran last, for whoever relies on it: names and states alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from django.conf import settings

from custodian import clock

OK: Final = "ok"
BROKEN: Final = "broken"
NAME: Final = "invariants.json"


@dataclass(frozen=True)
class Last:
    at: datetime
    found: Mapping[str, str]  # `ok` or `broken`

    @property
    def broken(self) -> int:
        return sum(state != OK for state in self.found.values())


def keep(found: Mapping[str, str]) -> None:
    """Without the reasons, which may name a row."""
    states = {name: OK if state == OK else BROKEN for name, state in found.items()}
    fresh = _path().with_suffix(".new")
    fresh.write_text(json.dumps({"at": clock.now().isoformat(), "found": states}), encoding="utf-8")
    fresh.replace(_path())


def last() -> Last | None:
    """Nothing where it never ran, or what it left cannot be read."""
    try:
        said = json.loads(_path().read_text(encoding="utf-8"))
        return Last(datetime.fromisoformat(said["at"]), dict(said["found"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _path() -> Path:
    return Path(settings.VAR) / NAME
