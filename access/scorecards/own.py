"""What access itself measures of units: training, looks that nothing explains, findings that held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Final

from django.db.models import Count
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.audits import shares
from access.models import Finding, Unit, User
from access.scorecards.indicators import Counted, Indicator, Kind, Week, register
from access.training import standing
from custodian import clock

# What was found and held: somebody was reminded, or is called to account.
HELD: Final = (Finding.Verdict.WARNING, Finding.Verdict.SANCTION)


def _training(_week: Week) -> Iterator[Counted]:
    """People at work whose courses and undertakings are all in time."""
    taught, held, now = standing.taught(), standing.held_by(None), clock.now()
    trained, everybody = Counter[int](), Counter[int]()
    people = User.objects.filter(is_active=True, unit__isnull=False)
    for person, role, unit in people.values_list("pk", "role", "unit"):
        own = standing.parts(role, taught, held.get(person, {}), now=now)
        everybody[unit] += 1
        trained[unit] += not any(part.is_gap for part in own)
    for unit, number in everybody.items():
        yield Counted(unit, trained[unit], number)


def _unexplained(week: Week) -> Iterator[Counted]:
    units = dict(Unit.objects.values_list("path", "pk"))
    for path, share in shares.by_unit(week.begins, week.ends).items():
        if path in units:
            yield Counted(units[path], share.unexplained, share.sights)


def _incidents(week: Week) -> Iterator[Counted]:
    """By the day of the verdict: what is only suspected counts against nobody."""
    held = Finding.objects.filter(
        verdict__in=HELD, decided_at__gte=week.since, decided_at__lt=week.until
    )
    found = Counter(dict(held.values_list("operator__unit").annotate(Count("pk")).order_by()))
    people = User.objects.filter(is_active=True, unit__isnull=False).order_by()
    for unit, number in people.values_list("unit").annotate(Count("pk")):
        yield Counted(unit, found[unit], number)


def ready() -> None:
    register(
        10,
        Indicator(
            "training", _("培训"), _("该学的学了、该签的签了吗？"), _("齐备"), _("在岗人员"),
            Kind.SHARE, more_is_better=True, count=_training, leads_to="admin:training", momentary=True,
        ),
    )  # fmt: skip
    register(
        20,
        Indicator(
            "unexplained", _("无解释查询"), _("看客户资料有事由吗？"), _("无解释"), _("看到客户的次数"),
            Kind.SHARE, more_is_better=False, count=_unexplained, leads_to="admin:audits",
        ),
    )  # fmt: skip
    register(
        50,
        Indicator(
            "incidents", pgettext_lazy("评分卡", "违规"), _("本周有多少人被提醒或追究？"),
            _("认定的发现"), _("在岗人员"),
            Kind.PER_HUNDRED, more_is_better=False, count=_incidents,
            leads_to="admin:access_finding_changelist",
        ),
    )  # fmt: skip
