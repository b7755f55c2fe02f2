"""Clocks, lengths and what is left of them in words, in the reader's language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext, pgettext_lazy

from access.law.words import english
from custodian.regimes.clocks import ClockRule, Extension, Kind, Start
from custodian.regimes.lengths import Length, Unit

DAY: Final = timedelta(days=1)
HOUR: Final = timedelta(hours=1)
# Below this, what is left is counted in seconds.
SOON: Final = 2 * DAY
STARTS: Mapping[Start, Any] = {
    Start.AGREED: gettext_lazy("达成协议"),
    Start.APPLIED: gettext_lazy("监管机构收到申请和报告"),
    Start.AWARE: gettext_lazy("知悉"),
    Start.CLASSIFIED: gettext_lazy("定级"),
    Start.CLOSED: gettext_lazy("处置结束"),
    Start.COMPLETE: gettext_lazy("收到请求和齐全的材料"),
    Start.CONSULTED: gettext_lazy("征询"),
    Start.DATA_MOVE: gettext_lazy("数据转移"),
    Start.DECIDED: pgettext_lazy("起算", "作出决定"),
    Start.DETERMINED: gettext_lazy("认定"),
    Start.OBTAINED: pgettext_lazy("起算", "取得"),
    Start.OCCURRED: pgettext_lazy("起算", "发生"),
    Start.PAID: pgettext_lazy("起算", "支付"),
    Start.PREVIOUS: gettext_lazy("上一次"),
    Start.PUBLISHED: gettext_lazy("发布公告"),
    Start.REACHED: gettext_lazy("达到人数或变更"),
    Start.RECEIVED: gettext_lazy("收到"),
    Start.RECTIFIED: gettext_lazy("完成整改"),
    Start.SENT: pgettext_lazy("起算", "发出"),
    Start.YEAR_ENDED: gettext_lazy("年度结束"),
}


def name(rule: ClockRule | Extension) -> str:
    return rule.name_en if english() else rule.name


def to(rule: ClockRule) -> str:
    """To whom."""
    return rule.to_en if english() else rule.to


def note(rule: ClockRule) -> str:
    return rule.note_en if english() else rule.note


def length(found: Length) -> str:
    """`15wd` as 15 个工作日 / 15 working days."""
    if found.at_once:
        return pgettext("时限", "立即")
    say = {
        Unit.MINUTE: lambda n: ngettext("%(n)s 分钟", "%(n)s 分钟", n),
        Unit.HOUR: lambda n: ngettext("%(n)s 小时", "%(n)s 小时", n),
        Unit.DAY: lambda n: ngettext("%(n)s 天", "%(n)s 天", n),
        Unit.WORKING_DAY: lambda n: ngettext("%(n)s 个工作日", "%(n)s 个工作日", n),
        Unit.MONTH: lambda n: ngettext("%(n)s 个月", "%(n)s 个月", n),
    }
    return say[found.unit](found.number) % {"n": found.number}


def counted(rule: ClockRule) -> str:
    """自收到起 30 天内 / Within 30 days of receipt."""
    start = STARTS[rule.start]
    if rule.yearly:
        return _("每年 %(day)s前") % {"day": _day_of_year(rule.yearly)}
    if rule.kind is Kind.BEFORE:
        return _("%(start)s之前") % {"start": start}
    if rule.length is None or rule.length.at_once:
        return _("%(start)s后立即") % {"start": start}
    said = {"start": start, "length": length(rule.length)}
    if rule.kind is Kind.WAIT:
        return _("%(start)s后须满 %(length)s") % said
    if rule.repeats:
        return _("每 %(length)s一次") % said
    return _("%(start)s后 %(length)s内") % said


def _day_of_year(text: str) -> str:
    """1 月 15 日 / 15 January."""
    day = date.fromisoformat(f"2001-{text}")
    return f"{day.day} {day:%B}" if english() else f"{day.month} 月 {day.day} 日"


def extension(found: Extension) -> str:
    """情况复杂：至 30 天 / Complex: up to 30 days."""
    said = {"name": name(found), "length": length(found.to or found.add or Length(0, Unit.DAY))}
    if found.to:
        return _("%(name)s：至多 %(length)s") % said
    return _("%(name)s：再加 %(length)s") % said


def span(found: timedelta) -> str:
    """The days of it, else the hours, else the minutes: 12 天, 5 小时, 40 分钟."""
    if found >= DAY:
        return length(Length(found // DAY, Unit.DAY))
    if found >= HOUR:
        return length(Length(found // HOUR, Unit.HOUR))
    return length(Length(max(found // timedelta(minutes=1), 1), Unit.MINUTE))


def left(found: timedelta) -> str:
    """Days, or HH:MM:SS where it is soon."""
    if found >= SOON:
        return span(found)
    seconds = max(int(found.total_seconds()), 0)
    return f"{seconds // 3600:02}:{seconds % 3600 // 60:02}:{seconds % 60:02}"
