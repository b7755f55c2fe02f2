"""Places where a test may make the program fail, be killed or wait; inert in production."""

from __future__ import annotations

import os
import signal
import time
from typing import Final

from django.conf import settings

VARIABLE: Final = "CUSTODIAN_FAILPOINT"
PAUSE: Final = 30.0
_hits: dict[str, int] = {}


class FailedOnPurpose(Exception):
    """A test asked for this failure."""


def hit(name: str) -> None:
    """Do what `CUSTODIAN_FAILPOINT=name[@count]:raise|sigkill|pause` says, at the count-th hit."""
    wanted = os.environ.get(VARIABLE, "")
    if not wanted or settings.PRODUCTION:
        return
    place, _, deed = wanted.rpartition(":")
    place, _, count = place.partition("@")
    if place != name:
        return
    _hits[name] = _hits.get(name, 0) + 1
    if _hits[name] == int(count or 1):
        _do(deed, name)


def _do(deed: str, name: str) -> None:
    if deed == "sigkill":
        os.kill(os.getpid(), signal.SIGKILL)
    if deed == "pause":
        time.sleep(PAUSE)
    if deed == "raise":
        raise FailedOnPurpose(name)
