"""Each day of the demo's month is audited in the night after it, in its place among the looks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta

from access import exposure, honey
from access.audits import running
from access.scorecards import keeping as scorecards
from custodian import clock

NIGHT = time(2, 30)
WEEK_ENDS = (0, 6)  # once while the week still runs, and once it is over


class Nights:
    """Audits as the time of the looks passes a night; the log is written in the order of time."""

    def __init__(self, begin: datetime) -> None:
        self._next = self._after(begin)

    def pass_until(self, moment: datetime, *, between: Callable[[datetime], None]) -> None:
        """`between` does by day what is due up to a moment."""
        while self._next <= moment:
            between(self._next)
            with clock.at(self._next):
                running.catch_up()
                if clock.local().weekday() in WEEK_ENDS:
                    scorecards.carry_out()
            self._next += timedelta(days=1)
        between(moment)

    def _after(self, moment: datetime) -> datetime:
        night = datetime.combine(clock.local(moment).date(), NIGHT, clock.OFFICE)
        return night if night > moment else night + timedelta(days=1)


def end(seal: Callable[[], None]) -> None:
    """What the tasks would have noted by now."""
    seal()
    honey.watch()
    exposure.note()
    scorecards.carry_out()
