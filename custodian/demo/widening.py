"""One person at one address is the whole cast of a demo: the sign-in counts them more widely there."""

from __future__ import annotations

from django.conf import settings

from custodian.demo import mode
from records.sign_in import limits


def times() -> int:
    """1 unless all that makes a demo holds at this moment, whatever the setting says."""
    wanted: int = settings.CUSTODIAN_DEMO_SIGN_INS
    return wanted if wanted > 1 and mode.active() else 1


def register() -> None:
    limits.widen_with(times)
