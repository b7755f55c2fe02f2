"""Forms of clocks: another length or target, and a year of the calendar as it was published."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from access.law import words
from access.law.reading import today
from access.models import ClockOverride
from custodian.regimes.calendars import DAY, Holiday, Year
from custodian.regimes.clocks import ClockRule
from custodian.regimes.lengths import Length, Unit
from custodian.regimes.rows import Mark

_DATE: dict[str, Any] = {"help_text": gettext_lazy("例如 2026-11-23")}
_LINE = re.compile(
    r"(?P<name>\D+?)\s*(?P<first>\d{4}-\d{2}-\d{2})(?:\s+(?P<last>\d{4}-\d{2}-\d{2}))?"
)
UNITS = {
    Unit.MINUTE: pgettext_lazy("期限", "分钟"),
    Unit.HOUR: pgettext_lazy("期限", "小时"),
    Unit.DAY: pgettext_lazy("期限", "天"),
    Unit.WORKING_DAY: pgettext_lazy("期限", "个工作日"),
    Unit.MONTH: pgettext_lazy("期限", "个月"),
}


class ClockForm(forms.Form):
    """How long and by when, in the clock's own unit; the law speaks through the capability's refusal."""

    length = forms.IntegerField(
        label=gettext_lazy("时限长度"), required=False, min_value=1, max_value=9999
    )
    target = forms.IntegerField(
        label=gettext_lazy("本公司目标"), required=False, min_value=1, max_value=9999
    )
    enabled = forms.BooleanField(label=pgettext_lazy("规则", "启用"), required=False)
    since = forms.DateField(
        label=gettext_lazy("自"),
        help_text=gettext_lazy("最早为明天；此前已起算的不变"),
    )
    until = forms.DateField(
        label=gettext_lazy("至"),
        required=False,
        help_text=gettext_lazy("到这一天恢复法规库的规定；不填即一直有效"),
    )
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def __init__(self, rule: ClockRule, newest: ClockOverride | None, data: Any = None) -> None:
        self.unit = _unit_of(rule)
        super().__init__(data, initial=_initial(rule, newest))
        said = {"unit": UNITS[self.unit]}
        self.fields["length"].help_text = _("单位：%(unit)s；不填即按法规库") % said
        self.fields["target"].help_text = _("单位：%(unit)s；不填即没有目标") % said
        if rule.length is None or rule.length.at_once:
            del self.fields["length"]

    def terms(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {
            "length": f"{said['length']}{self.unit}" if said.get("length") else "",
            "target": f"{said['target']}{self.unit}" if said.get("target") else "",
            **{
                name: said[name] for name in ("enabled", "since", "until", "reason") if name in said
            },
        }


def _unit_of(rule: ClockRule) -> Unit:
    """What is due at once has a target in hours."""
    if rule.length is None or rule.length.at_once:
        return rule.target.unit if rule.target else Unit.HOUR
    return rule.length.unit


def _initial(rule: ClockRule, newest: ClockOverride | None) -> dict[str, Any]:
    """Filled with what holds last, so that only what changes is typed."""
    if newest is None:
        length, target, enabled = "", str(rule.target or ""), rule.enabled
    else:
        length, target, enabled = newest.length, newest.target, newest.enabled
    numbers = {
        name: Length.read(text).number
        for name, text in (("length", length), ("target", target))
        if text
    }
    return {**numbers, "enabled": enabled, "since": (today() + DAY).isoformat()}


class YearForm(forms.Form):
    """One holiday a line, as the notice has them; days of the worked weekends after them."""

    holidays = forms.CharField(
        label=gettext_lazy("节假日"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 9, "translate": "no"}),
        help_text=gettext_lazy("每行一个：名称、第一天、最后一天，例如 春节 2027-02-05 2027-02-12"),
    )
    worked = forms.CharField(
        label=gettext_lazy("调休上班"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("上班的星期六、星期日，以空格分开，例如 2027-02-20 2027-10-09"),
    )
    mark = forms.ChoiceField(label=gettext_lazy("标记"), widget=forms.RadioSelect)
    source = forms.CharField(
        label=gettext_lazy("出处"),
        max_length=200,
        help_text=gettext_lazy("在哪里读到的，例如通知的文号、官方网站的页面名称"),
    )
    read_on = forms.DateField(label=gettext_lazy("核对日期"), **_DATE)

    def __init__(self, year: Year | None, data: Any = None) -> None:
        super().__init__(data, initial={"read_on": today().isoformat(), **_of(year)})
        known = (Mark.READ, Mark.SECONDARY)
        self.fields["mark"].choices = [(each.value, words.mark_word(each)) for each in known]  # type: ignore[attr-defined]
        self.fields["mark"].choice_hints = {each.value: words.MEANINGS[each] for each in known}  # type: ignore[attr-defined]

    def clean_holidays(self) -> list[Holiday]:
        lines = _plain(self.cleaned_data["holidays"]).splitlines()
        return [_holiday(number, line) for number, line in enumerate(lines, 1) if line.strip()]

    def clean_worked(self) -> list[date]:
        return list(_days(_plain(self.cleaned_data["worked"])))


def _of(year: Year | None) -> dict[str, str]:
    if year is None:
        return {}
    lines = [f"{each.name} {each.first} {each.last}" for each in year.holidays]
    return {"holidays": "\n".join(lines), "worked": " ".join(map(str, year.worked))}


def _plain(text: str) -> str:
    """Full-width digits and signs as the usual ones; what stands between days as a space."""
    return re.sub(r"[,:、;至~–]", " ", unicodedata.normalize("NFKC", text))


def _holiday(number: int, line: str) -> Holiday:
    found = _LINE.fullmatch(line.strip())
    wrong = forms.ValidationError(
        _("第 %(number)s 行读不出名称和日期，请写成：春节 2027-02-05 2027-02-12")
        % {"number": number}
    )
    if found is None:
        raise wrong
    try:
        first, last = (
            date.fromisoformat(found[each] or found["first"]) for each in ("first", "last")
        )
    except ValueError:
        raise wrong from None
    name = found["name"].strip()[:20]
    return Holiday(name, name, first, last)


def _days(text: str) -> Iterator[date]:
    for word in text.split():
        try:
            yield date.fromisoformat(word)
        except ValueError:
            raise forms.ValidationError(
                _("“%(word)s”不是日期，请写成 2027-02-20") % {"word": word[:20]}
            ) from None
