"""What happens on which day of the demo's month, beside the looks: everything in the order of its time."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from custodian import clock

Step = Callable[[], None]
Steps = Iterable[tuple[datetime, Step]]


class Diary:
    """A step takes seconds and writes to the log, which is sealed before and after each."""

    def __init__(self, *plans: Steps, seal: Callable[[], None]) -> None:
        self._seal = seal
        self._steps = sorted((each for plan in plans for each in plan), key=lambda step: step[0])

    def turn(self, moment: datetime) -> None:
        """Carry out what is due by a moment."""
        while self._steps and self._steps[0][0] <= moment:
            at, step = self._steps.pop(0)
            with clock.at(at):
                self._seal()
                step()
                self._seal()
