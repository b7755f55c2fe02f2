"""How long a kind of records is kept: the longest of the rules about it, or the house's own choice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from custodian import clock
from custodian.regimes.packs import RetentionRule, Trigger
from custodian.regimes.periods import Period

DAY: Final = timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """A period with its source, as rules of the law have it; `clause` may be empty."""

    code: str
    period: Period
    binding: bool = False
    clause: str = ""
    mark: str = "-"


def longest(rules: Sequence[RetentionRule], about: str, *, today: date) -> Term | None:
    """None where no rule is about them: then nothing goes."""
    ends = {Trigger.CREATED, Trigger.CLOSED}  # each kind of records says itself from when it counts
    fitting = [each for each in rules if about in each.about and each.trigger in ends]
    if not fitting:
        return None
    rule = max(fitting, key=lambda each: (each.period.after(today), each.binding))
    return Term(rule.code, rule.period, rule.binding, rule.clause, rule.mark.value)


def first_kept(period: Period, *, today: date) -> date:
    """The first day of which records are still kept: what is older by a day may go."""
    day = today - timedelta(days=31 * period.months + period.days)
    while period.after(day) < today:
        day += DAY
    return day


def beginning(day: date) -> datetime:
    """The moment at which a day of the office begins."""
    return datetime.combine(day, time(), tzinfo=clock.OFFICE)
