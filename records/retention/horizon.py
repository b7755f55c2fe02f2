"""What falls due and when, by kind; states by kind; and what can fall due never, because a day is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Any, Final

from django.db.models import Count, DateField, ExpressionWrapper, F
from django.db.models.functions import TruncMonth
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from records.models import Customer, Keeping
from records.retention import reckoning, rules
from records.retention.deciding import State
from records.retention.telling import KINDS, STATES, TRIGGERS

MONTHS: Final = 24
WAITING: Final = 1  # columns from the left that wait for somebody
# A holding may go on the day after the last one of its period.
_LEAVES = ExpressionWrapper(F("keep_until") + timedelta(days=1), output_field=DateField())


@dataclass(frozen=True)
class Horizon:
    """Columns (name, what stands above it) and rows (name, a count for each column)."""

    columns: list[tuple[Any, Any]]
    rows: list[tuple[Any, list[int]]]

    @property
    def due(self) -> int:
        return sum(counts[0] for _name, counts in self.rows)

    @property
    def total(self) -> int:
        return sum(sum(counts) for _name, counts in self.rows)


@dataclass(frozen=True)
class Undated:
    """A customer with holdings whose purpose has ended, and the days that nobody has noted."""

    ref: str
    kinds: list[Any]
    missing: list[tuple[Any, str]]  # event, and the policy or claim it is of


def horizon(today: date) -> Horizon:
    """Counts of holdings by the month in which each falls due, by the last reckoning."""
    ended = Keeping.objects.filter(ended_on__isnull=False, keep_until__isnull=False)
    due = Counter(ended.due_on(today).values_list("kind", flat=True))
    ahead = ended.filter(keep_until__gte=today).annotate(month=TruncMonth(_LEAVES))
    found: Counter[tuple[str, date]] = Counter()
    for row in ahead.values("kind", "month").annotate(n=Count("pk")).order_by():
        found[row["kind"], row["month"]] += row["n"]
    months = _months(today)
    columns = [
        (pgettext("保存期限", "已到期"), ""),
        *((f"{each:%m}", f"{each.year}") for each in months),
    ]
    rows = [(label, _row(kind, due, found, months)) for kind, label in KINDS.items()]
    return Horizon([*columns, (_("以后"), "")], rows)


def _months(today: date) -> list[date]:
    first = today.year * 12 + today.month - 1
    return [date((first + n) // 12, (first + n) % 12 + 1, 1) for n in range(MONTHS)]


def _row(
    kind: str, due: Counter[str], found: Counter[tuple[str, date]], months: Sequence[date]
) -> list[int]:
    within = [found[kind, month] for month in months]
    later = sum(n for (each, month), n in found.items() if each == kind and month > months[-1])
    return [due[kind], *within, later]


def states() -> tuple[list[Any], list[tuple[Any, list[int], int]]]:
    """How many holdings of each kind are in which state, by the last reckoning."""
    rows = Keeping.objects.values("kind", "state").annotate(n=Count("pk")).order_by()
    counted = {(row["kind"], row["state"]): row["n"] for row in rows}
    table = [
        (label, [counted.get((kind, state), 0) for state in STATES])
        for kind, label in KINDS.items()
    ]
    return list(STATES.values()), [(label, counts, sum(counts)) for label, counts in table]


def undated(today: date, *, after: str = "", most: int = 25) -> tuple[list[Undated], str]:
    """Customers in the order of their registration, and the reference to go on from, if there are more."""
    held = Keeping.objects.filter(state=Keeping.State.UNDATED)
    customers = Customer.objects.filter(subject__in=held.values("subject")).order_by("pk")
    if after and (place := Customer.objects.filter(ref=after).values_list("pk", flat=True).first()):
        customers = customers.filter(pk__gt=place)
    page = list(customers.values_list("pk", "ref")[: most + 1])
    refs = dict(page[:most])
    by = rules.on(today)
    told = [
        _undated(refs[subject], list(kept))
        for subject, kept in groupby(
            reckoning.answers(list(refs), on=today, by=by), key=lambda each: each.subject
        )
    ]
    more = refs[max(refs)] if len(page) > most else ""
    return [each for each in told if each.kinds], more


def _undated(ref: str, kept: Sequence[reckoning.Kept]) -> Undated:
    without = [each for each in kept if each.answer.state is State.UNDATED]
    missing = {
        (reason.event.trigger, reason.event.about)
        for each in without
        for reason in each.answer.reasons
        if reason.event.on is None and reason.event.about
    }
    kinds = list(dict.fromkeys(KINDS[each.kind] for each in without))
    return Undated(ref, kinds, [(TRIGGERS[event], about) for event, about in sorted(missing)])
