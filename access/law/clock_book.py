"""Clocks as this insurer runs them: the packs', its own times by four eyes, and the calendar of today."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cached_property

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access.law.calendar_years import calendar
from access.law.reading import clauses, pack, today
from access.models import ClockOverride
from custodian import clock, clocked
from custodian.clocked import Reckoned
from custodian.errors import CustodianError
from custodian.regimes import calendars, deadlines
from custodian.regimes.calendars import DAY, Calendar
from custodian.regimes.clocks import COMPANY, ClockRule
from custodian.regimes.deadlines import Deadline
from custodian.regimes.lengths import Length, Unit
from custodian.regimes.packs import Clause, company_clocks, load, regimes
from custodian.regimes.rows import Mark


class UnknownClock(CustodianError):
    """Neither a pack nor the company has a clock of this code."""

    code = "unknown-clock"
    status = 404
    message = _("没有这项时限，请核对代码")


def pack_rule(code: str) -> ClockRule:
    """As its file says it; raises `UnknownClock`."""
    regime = code.partition("-")[0].lower()
    known = (
        company_clocks()
        if regime == COMPANY
        else load(regime).clocks
        if regime in regimes()
        else {}
    )
    if code not in known:
        raise UnknownClock
    return known[code]


def pack_rules(regime: str = "") -> list[ClockRule]:
    """All of a legal order, the installed one unless told, and after them the company's."""
    found = load(regime) if regime else pack()
    return [*found.clocks.values(), *company_clocks().values()]


class Book:
    """What is known of clocks, read once; for one request or one run, and not for longer."""

    @cached_property
    def calendar(self) -> Calendar:
        return calendar()

    @cached_property
    def overrides(self) -> Mapping[str, Sequence[ClockOverride]]:
        """Newest first."""
        found: dict[str, list[ClockOverride]] = {}
        for each in ClockOverride.objects.order_by("-version"):
            found.setdefault(each.rule, []).append(each)
        return found

    @cached_property
    def _clauses(self) -> dict[tuple[str, date], Mapping[str, Clause]]:
        return {}

    def clauses(self, regime: str, on: date) -> Mapping[str, Clause]:
        key = (regime, on)
        if key not in self._clauses:
            self._clauses[key] = clauses(regime, on=on)
        return self._clauses[key]

    def known(self, code: str, on: date | None = None) -> ClockRule:
        """The pack's, as sure as what is known of its clause on the day; raises `UnknownClock`."""
        found = pack_rule(code)
        clause = self._clause(found, on or today())
        confirmed = getattr(clause, "confirmation", None) is not None
        if clause is None or not confirmed or found.mark is Mark.DEFAULT:
            return found
        return replace(found, mark=clause.mark)

    def of(self, code: str, on: date | None = None) -> ClockRule:
        """As it holds for what begins on the day, today unless told; raises `UnknownClock`."""
        on = on or today()
        found, row = self.known(code, on), self.override(code, on)
        return found if row is None else self._ours(found, row, on)

    def override(self, code: str, on: date) -> ClockOverride | None:
        """This insurer's own version of the day."""
        rows = self.overrides.get(code, ())
        held = (each for each in rows if each.since <= on and (not each.until or on < each.until))
        return next(held, None)

    def _ours(self, found: ClockRule, row: ClockOverride, on: date) -> ClockRule:
        """A length of the company's is never law, and never undercuts what is."""
        # What binds since today began to bind when the day had begun: it counts from tomorrow.
        binds = self.known(found.code, on - DAY).binds
        length = Length.read(row.length) if row.length else found.length
        if binds and length and not found.keeps(length):
            length = found.length
        ours = length != found.length
        return replace(
            found,
            length=length,
            target=Length.read(row.target) if row.target else None,
            enabled=found.enabled if binds else row.enabled,
            mark=Mark.DEFAULT if ours else found.mark,
            law=found.law and not ours,
        )

    def _clause(self, rule: ClockRule, on: date) -> Clause | None:
        if not rule.clause:
            return None
        return self.clauses(rule.clause.partition("-")[0].lower(), on).get(rule.clause)

    def deadline(
        self,
        code: str,
        start: datetime,
        *,
        waited: timedelta = timedelta(),
        extended: Sequence[str] = (),
        term: Length | None = None,
    ) -> Deadline:
        """Time that was waited moves the start; the rule is still that of the day on which it began.

        Raises `UnknownClock`, `NotExtendable`.
        """
        return self._due(self._run(code, start, term), start + waited, extended)

    def target(self, code: str, start: datetime) -> Deadline | None:
        """By when the company means to be done; nothing where it has no target."""
        run = self._run(code, start)
        return self._due(replace(run, length=run.target), start) if run.target else None

    def reckon(
        self,
        rule: str,
        started_at: datetime,
        *,
        waited: timedelta,
        extended: Sequence[str],
        term: Length | None,
    ) -> Reckoned:
        """Near is counted from the earliest day that a provisional deadline may have."""
        run, start = self._run(rule, started_at, term), started_at + waited
        found = self._due(run, start, extended)
        near = min(deadlines.near_from(start, found.earliest), found.due_at)
        aim = self._due(replace(run, length=run.target), start).due_at if run.target else None
        if aim is not None and found.due_at > start:
            aim = min(aim, found.due_at)  # a contract may give less than the company's target
        return Reckoned(found.due_at, near, aim, found.provisional)

    def _run(self, code: str, started_at: datetime, term: Length | None = None) -> ClockRule:
        """How long it runs; who confirmed what does not matter for that unless there is an override."""
        on = clock.local(started_at).date()
        found = self.of(code, on) if code in self.overrides else pack_rule(code)
        return found if term is None else replace(found, length=term, yearly="")

    def _due(self, rule: ClockRule, start: datetime, extended: Sequence[str] = ()) -> Deadline:
        by_days = rule.length is not None and rule.length.unit is Unit.WORKING_DAY
        known = self.calendar if by_days else calendars.load(rule.regime)
        return rule.deadline(start, known, extended=extended)

    def by_trigger(self, trigger: str, on: date | None = None) -> Iterator[ClockRule]:
        """The clocks in force of one occasion under the installed law, and the company's."""
        on = on or today()
        for each in pack_rules():
            found = self.of(each.code, on)
            if found.trigger == trigger and found.enabled and found.in_force(on):
                yield found


def is_ours(rule: ClockRule) -> bool:
    """Whether it is of the installed law, or the company's own."""
    return rule.regime in {COMPANY, settings.CUSTODIAN_REGIME}


clocked.register(Book)
