"""The numbers of the sign-in. All are this company's defaults; no law says any of them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

CODE_LASTS: Final = timedelta(minutes=10)
PROVEN_LASTS: Final = timedelta(minutes=5)  # to choose for whom, after the code
BRANCH_LASTS: Final = timedelta(days=1)
LETTER_LASTS: Final = timedelta(days=15)

# Asking: one browser, one network address for one person, one network address for anybody.
WINDOW: Final = timedelta(minutes=15)
PAUSE: Final = timedelta(seconds=60)
OF_BROWSER: Final = 5
OF_PERSON_THERE: Final = 5
OF_ADDRESS: Final = 40
WRONG_THERE: Final = 25  # wrong codes from one address

# Sending to one person: to browsers that she came in with before, and to all others together.
AN_HOUR: Final = 6
A_DAY: Final = 12
KNOWN_FOR: Final = timedelta(days=180)

TURNS: Final = 4  # of one message
KEPT: Final = timedelta(days=2)  # codes that are over, for the counts above
ENTRANCES_KEPT: Final = timedelta(days=365)

# A port for the demo alone, where a whole cast comes in from one address: how many times as often each of
# OF_PERSON_THERE, OF_ADDRESS, AN_HOUR and A_DAY holds. What slows guessing is never widened.
_wider: list[Callable[[], int]] = []


def widen_with(times: Callable[[], int]) -> None:
    """`times` is asked at every question, and says 1 wherever no demo runs."""
    _wider[:] = [times]


def wide(number: int) -> int:
    return number * _wider[0]() if _wider else number
