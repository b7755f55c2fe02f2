"""What records measures of units: answers in time, doubted data, what should be gone, what customers say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db.models import Case, Count, F, Q, Sum, When
from django.db.models.functions import Coalesce, Least
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Subject
from access.scorecards.indicators import Counted, Indicator, Kind, Week, register
from custodian import clock
from custodian.clocked import ClockQuerySet
from records.models import (
    ClaimClock,
    ContactFlag,
    Customer,
    CustomerRequest,
    Keeping,
    MergeCase,
    RequestClock,
)

GRACE: Final = timedelta(days=30)  # from being due to a batch that is approved and done
REQUEST: Final = CustomerRequest.Kind


def _deadlines(week: Week) -> Iterator[Counted]:
    """Each clock once: when it was met, or when it ran out unmet, whichever came first."""
    kept, all_of = Counter[int](), Counter[int]()
    for rows, unit in (
        (RequestClock.objects.all(), "request__subject__unit"),
        (ClaimClock.objects.all(), "subject__unit"),
    ):
        for at, number, in_time in _settled(rows, week, unit):
            all_of[at] += number
            kept[at] += in_time
    for at, number in all_of.items():
        yield Counted(at, kept[at], number)


def _settled(rows: ClockQuerySet, week: Week, unit: str) -> Iterator[tuple[int, int, int]]:
    at_once = Q(near_at=F("due_at"))  # due at once, and never late
    met = Q(stopped_at__lte=F("due_at")) | (at_once & Q(stopped_at__isnull=False))
    settled = rows.exclude(Q(stopped_at=None) & (at_once | Q(paused_at__isnull=False))).annotate(
        settled=Case(
            When(at_once, then=F("stopped_at")), default=Least(F("stopped_at"), F("due_at"))
        )
    )
    until = min(week.until, clock.now())
    within = settled.filter(settled__gte=week.since, settled__lt=until)
    found = within.order_by().values(unit).annotate(n=Count("pk"), kept=Count("pk", filter=met))
    yield from found.values_list(unit, "n", "kept")


def _authenticity(_week: Week) -> Iterator[Counted]:
    """Customers whose contact nobody doubts, and who are not held for one with somebody else."""
    doubted = set(ContactFlag.objects.filter(until=None).values_list("subject", flat=True))
    unsettled = MergeCase.objects.exclude(status=MergeCase.Status.SETTLED)
    for pair in unsettled.values_list("subject", "other"):
        doubted.update(pair)
    bad = _by_unit(Customer.objects.filter(pk__in=doubted), "subject__unit")
    for unit, number in _customers().items():
        yield Counted(unit, number - bad[unit], number)


def _retention(_week: Week) -> Iterator[Counted]:
    """Holdings that ought to have gone; a legal hold makes them stay, and they count until it is released."""
    due = Keeping.objects.due_on(clock.local().date() - GRACE)
    late = _by_unit(due, "subject__unit")
    for unit, number in _by_unit(Keeping.objects.all(), "subject__unit").items():
        yield Counted(unit, late[unit], number)


def _satisfaction(week: Week) -> Iterator[Counted]:
    """Of the unit that answered."""
    rated = CustomerRequest.objects.filter(rated_at__gte=week.since, rated_at__lt=week.until)
    of = rated.annotate(at=Coalesce("unit", "subject__unit")).order_by().values("at")
    for unit, total, number in of.annotate(s=Sum("score"), n=Count("pk")).values_list(
        "at", "s", "n"
    ):
        yield Counted(unit, total, number)


def _complaints(week: Week) -> Iterator[Counted]:
    made = CustomerRequest.objects.filter(
        kind=REQUEST.COMPLAINT, received_at__gte=week.since, received_at__lt=week.until
    )
    found = _by_unit(made, "subject__unit")
    for unit, number in _customers().items():
        yield Counted(unit, found[unit], number)


def _customers() -> Counter[int]:
    """Those who are there: whoever is destroyed or invented is nobody's customer."""
    there = Customer.objects.filter(subject__honey=False)
    return _by_unit(there.exclude(subject__status=Subject.Status.DESTROYED), "subject__unit")


def _by_unit(rows: Any, unit: str) -> Counter[int]:
    return Counter(dict(rows.order_by().values_list(unit).annotate(Count("pk"))))


def ready() -> None:
    register(
        30,
        Indicator(
            "deadlines", _("按时办理"), _("客户的申请和赔案按时办了吗？"), _("按时"), _("到期或办结的时限"),
            Kind.SHARE, more_is_better=True, count=_deadlines, leads_to="admin:requests",
        ),
    )  # fmt: skip
    register(
        40,
        Indicator(
            "authenticity", _("资料可信"), _("联系方式没有存疑、没有疑似重复吗？"), _("没有疑点"),
            pgettext_lazy("列表", "客户"),
            Kind.SHARE, more_is_better=True, count=_authenticity,
            leads_to="admin:records_mergecase_changelist", momentary=True,
        ),
    )  # fmt: skip
    register(
        60,
        Indicator(
            "retention", _("超期保存"), _("到期三十天的资料销毁了吗？"), _("到期未销毁"), _("保管的资料"),
            Kind.SHARE, more_is_better=False, count=_retention, leads_to="admin:retention",
            momentary=True,
        ),
    )  # fmt: skip
    register(
        70,
        Indicator(
            "satisfaction", _("满意度"), _("办完以后客户打几分（1–5）？"), _("总分"), _("评分的客户"),
            Kind.MEAN, more_is_better=True, count=_satisfaction, leads_to="admin:requests",
        ),
    )  # fmt: skip
    register(
        80,
        Indicator(
            "complaints", pgettext_lazy("评分卡", "投诉"), _("每千名客户有几件投诉？"),
            pgettext_lazy("评分卡", "投诉"), pgettext_lazy("列表", "客户"),
            Kind.PER_THOUSAND, more_is_better=False, count=_complaints, leads_to="admin:requests",
        ),
    )  # fmt: skip
