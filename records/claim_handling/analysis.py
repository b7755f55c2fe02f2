"""How long claims take against their clocks, what is refused and why, and which stand out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from statistics import median, quantiles
from typing import Any, Final

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.models import Unit
from custodian import clock
from records.claim_handling import clocks, small_numbers
from records.models import ClaimClock, ClaimDecision, Product

DAY: Final = timedelta(days=1)
OUTLIERS: Final = 20
# A claim stands out that took so many times as long as is usual for its kind.
TIMES: Final = 3
# A unit or product whose share of refusals is so many times the house's.
SHARE_TIMES: Final = 2
MONTHS: Final = (12, 36)

_CASES: Final = """
SELECT c.id, c.ref, c.kind, c.status, p.product_id, s.unit_id, c.reported_on, c.decided_on, c.filed_at,
       d.kind, coalesce(d.ground, ''), d.effective_at, d.approval_id IS NOT NULL, k.waited,
       k.contract_days,
       (SELECT count(*) FROM records_claimstep t WHERE t.claim_id = c.id AND t.code = 'handed-on')
FROM records_claim c
JOIN records_policy p ON p.id = c.policy_id
JOIN access_subject s ON s.id = c.subject_id
LEFT JOIN records_claimdecision d
    ON d.claim_id = c.id AND d.status = 'effective' AND d.kind <> 'advance'
LEFT JOIN records_claimclock k ON k.claim_id = c.id AND k.rule = %(rule)s
WHERE (d.effective_at >= %(since)s OR (d.id IS NULL AND c.decided_on >= %(day)s))
"""


@dataclass(frozen=True)
class Case:
    """One decided claim. `days` are those that count: what was waited for papers is left out."""

    ref: str
    kind: str
    product: int
    unit: int
    refused: bool
    ground: str
    days: float | None
    waited: float
    reviewed: bool
    handed_on: int
    imported: bool
    contract_days: int | None = None


@dataclass(frozen=True)
class Spread:
    """How much of its time a clock's claims used: parts of the deadline, and the days behind them."""

    rule: str
    name: str
    limit: int
    count: int
    late: int
    lower: float = 0.0
    middle: float = 0.0
    upper: float = 0.0
    most: float = 0.0  # nine of ten used less

    @property
    def on_time(self) -> float:
        return 1 - self.late / self.count if self.count else 0.0

    @property
    def lower_days(self) -> str:
        return self._days(self.lower)

    @property
    def middle_days(self) -> str:
        return self._days(self.middle)

    @property
    def upper_days(self) -> str:
        return self._days(self.upper)

    @property
    def most_days(self) -> str:
        return self._days(self.most)

    def _days(self, part: float) -> str:
        return f"{part * self.limit:.1f}"


@dataclass
class Row:
    """One product or unit: how many were decided, how many refused; None where it is too few to say."""

    name: Any
    decided: int
    refused: int
    grounds: Counter[str] = field(default_factory=Counter)
    decided_told: int | None = None
    refused_told: int | None = None
    unusual: bool = False

    @property
    def share(self) -> float | None:
        if not self.refused_told or not self.decided_told:
            return None
        return self.refused / self.decided

    @property
    def ground_words(self) -> list[tuple[Any, int]]:
        """Only grounds that are frequent enough to be nobody's in particular."""
        labels = dict(ClaimDecision.Ground.choices)
        return [
            (labels.get(code, _("账册没有记载")), count)
            for code, count in self.grounds.most_common()
            if count >= small_numbers.LEAST
        ]


@dataclass(frozen=True)
class Outlier:
    """One claim that took unusually long, with what is known of the cause."""

    ref: str
    product: Any
    unit: Any
    days: float
    why: Sequence[str]

    @property
    def days_told(self) -> str:
        return f"{self.days:.0f}"


def cases(months: int) -> list[Case]:
    """Claims that were decided within so many months, whoever may see the customers."""
    now = clock.now()
    since = now - timedelta(days=round(months * 365.25 / 12))
    with connection.cursor() as cursor:
        terms: dict[str, Any] = {
            "rule": clocks.DECISION,
            "since": since,
            "day": clock.local(since).date(),
        }
        cursor.execute(_CASES, terms)
        return [_case(row) for row in cursor.fetchall()]


def _case(row: Sequence[Any]) -> Case:
    (_pk, ref, kind, status, product, unit, reported, decided, filed,
     outcome, ground, effective, reviewed, waited, contract, handed_on) = row  # fmt: skip
    waited_days = (waited or timedelta()) / DAY
    return Case(
        ref, kind, product, unit,
        refused=outcome == ClaimDecision.Kind.REJECT or (outcome is None and status == "rejected"),
        ground=ground,
        days=_days(reported, decided, filed, effective, waited_days),
        waited=waited_days, reviewed=bool(reviewed), handed_on=handed_on, imported=outcome is None,
        contract_days=contract,
    )  # fmt: skip


def _days(
    reported: date | None,
    decided: date | None,
    filed: datetime | None,
    effective: datetime | None,
    waited: float,
) -> float | None:
    """By the moment where both are known, else by the days that the book tells; None without them."""
    if effective is not None and filed is not None:
        return (effective - filed) / DAY - waited
    end = clock.local(effective).date() if effective is not None else decided
    if reported is None or end is None:
        return None
    return max(0.0, (end - reported).days - waited)


def spreads(
    found: Sequence[Case], limits: Callable[[str], tuple[str, int]], *, since: datetime
) -> list[Spread]:
    """For each clock how its time was used; that of the decision also where a book tells both days."""
    used = _used(since)
    _name, limit = limits(clocks.DECISION)
    imported = [each.days / limit for each in found if each.imported and each.days is not None]
    used[clocks.DECISION] += [(part, part > 1) for part in imported]
    return [_spread(rule, *limits(rule), used[rule]) for rule in clocks.RULES]


def _used(since: datetime) -> defaultdict[str, list[tuple[float, bool]]]:
    """By rule, of each clock that was stopped the part of its time that had gone, and whether it was late."""
    found: defaultdict[str, list[tuple[float, bool]]] = defaultdict(list)
    for row in ClaimClock.objects.filter(stopped_at__gte=since).iterator(chunk_size=2000):
        begun = row.started_at + row.waited
        whole = (row.due_at - begun).total_seconds()
        gone = (row.stopped_at - begun).total_seconds()
        found[row.rule].append(
            (max(0.0, gone / whole) if whole > 0 else 0.0, row.stopped_at > row.due_at)
        )
    return found


def _spread(rule: str, name: str, limit: int, used: Sequence[tuple[float, bool]]) -> Spread:
    parts = sorted(part for part, _late in used)
    late = sum(late for _part, late in used)
    if not parts:
        return Spread(rule, name, limit, 0, 0)
    if len(parts) == 1:
        return Spread(rule, name, limit, 1, late, parts[0], parts[0], parts[0], parts[0])
    lower, middle, upper = quantiles(parts, n=4, method="inclusive")
    most = quantiles(parts, n=10, method="inclusive")[-1]
    return Spread(rule, name, limit, len(parts), late, lower, middle, upper, most)


def by_product(found: Iterable[Case]) -> list[Row]:
    names = {each.pk: each for each in Product.objects.all()}
    return _rows(found, lambda each: each.product, names)


def by_unit(found: Iterable[Case]) -> list[Row]:
    return _rows(found, lambda each: each.unit, {each.pk: each for each in Unit.objects.all()})


def _rows(found: Iterable[Case], key: Callable[[Case], int], names: dict[int, Any]) -> list[Row]:
    rows: dict[int, Row] = {}
    for each in found:
        row = rows.setdefault(key(each), Row(names.get(key(each), "—"), 0, 0))
        row.decided += 1
        if each.refused:
            row.refused += 1
            row.grounds[each.ground] += 1
    return _guarded(sorted(rows.values(), key=lambda row: (-row.decided, str(row.name))))


def _guarded(rows: list[Row]) -> list[Row]:
    decided = small_numbers.told([row.decided for row in rows])
    refused = small_numbers.told([row.refused for row in rows])
    whole = sum(row.decided for row in rows)
    house = sum(row.refused for row in rows) / whole if whole else 0.0
    for row, many, few in zip(rows, decided, refused, strict=True):
        row.decided_told, row.refused_told = many, few
        row.unusual = row.share is not None and row.share > SHARE_TIMES * house > 0
    return rows


def outliers(found: Sequence[Case], limit: int) -> list[Outlier]:
    """The slowest claims that are far from what is usual for their kind, the slowest first."""
    usual = _usual(found)
    slow = [
        each
        for each in found
        if each.days is not None
        and (
            each.days > (each.contract_days or limit)
            or (each.kind in usual and each.days > TIMES * max(usual[each.kind], 1))
        )
    ]
    slow.sort(key=lambda each: -(each.days or 0))
    products = {each.pk: each for each in Product.objects.all()}
    units = {each.pk: each for each in Unit.objects.all()}
    return [
        Outlier(
            each.ref, products.get(each.product), units.get(each.unit), each.days or 0.0,
            list(_why(each, usual.get(each.kind), limit)),
        )
        for each in slow[:OUTLIERS]
    ]  # fmt: skip


def _usual(found: Iterable[Case]) -> dict[str, float]:
    """The median days of each kind of which there are enough."""
    days = defaultdict(list)
    for each in found:
        if each.days is not None:
            days[each.kind].append(each.days)
    return {kind: median(many) for kind, many in days.items() if len(many) >= small_numbers.LEAST}


def _why(case: Case, usual: float | None, limit: int) -> Iterator[str]:
    days = case.days or 0.0
    if case.contract_days is not None and days > case.contract_days:
        yield _("超过合同约定的 %(limit)s 天") % {"limit": case.contract_days}
    elif case.contract_days is None and days > limit:
        yield _("超过法定的 %(limit)s 天") % {"limit": limit}
    if usual is not None and days > TIMES * max(usual, 1):
        yield _("同类赔案一般 %(usual)s 天") % {"usual": f"{usual:.0f}"}
    if case.waited:
        yield _("另等材料 %(days)s 天，不计在内") % {"days": f"{case.waited:.0f}"}
    if case.handed_on:
        yield ngettext("转办 %(n)s 次", "转办 %(n)s 次", case.handed_on) % {"n": case.handed_on}
    if case.reviewed:
        yield _("经第二人复核")
    if case.imported:
        yield _("账册导入，只知日期")
