"""Forms of the law library: what to show, a confirmation, another period, a rule of one's own."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from access.law import words
from access.law.confirming import marks_for
from access.law.overriding import OwnRule
from access.law.reading import OWN, pack, today
from access.models import RuleOverride
from custodian.regimes.packs import HOLDINGS, Clause, Mark, RetentionRule, regimes
from custodian.regimes.periods import Period

_DATE: dict[str, Any] = {"help_text": gettext_lazy("例如 2026-11-23")}


class LibraryForm(forms.Form):
    """Whose law, which law, which mark; everything may be left open."""

    regime = forms.ChoiceField(label=gettext_lazy("法域"), required=False)
    law = forms.ChoiceField(label=gettext_lazy("法规"), required=False)
    mark = forms.ChoiceField(label=gettext_lazy("标记"), required=False)

    def __init__(self, data: Any, *, clauses: Iterable[Clause], regime: str) -> None:
        super().__init__(data)
        self.fields["regime"].choices = [(each, words.regime_title(each)) for each in regimes()]  # type: ignore[attr-defined]
        self.initial["regime"] = regime
        laws = {each.law: words.law_of(each) for each in clauses}
        marks = {each.value: words.mark_word(each) for each in Mark if each is not Mark.DEFAULT}
        for name, known in (("law", laws), ("mark", marks)):
            self.fields[name].choices = [("", _("不限")), *known.items()]  # type: ignore[attr-defined]


class ConfirmationForm(forms.Form):
    mark = forms.ChoiceField(label=gettext_lazy("标记"), widget=forms.RadioSelect)
    source = forms.CharField(
        label=gettext_lazy("出处"),
        max_length=200,
        help_text=gettext_lazy("在哪里读到的，例如公报的年份和期号、官方网站的页面名称"),
    )
    read_on = forms.DateField(label=gettext_lazy("核对日期"), **_DATE)

    def __init__(self, found: Clause, data: Any = None) -> None:
        super().__init__(data, initial={"read_on": today().isoformat()})
        known = marks_for(found)
        self.fields["mark"].choices = [(each.value, words.mark_word(each)) for each in known]  # type: ignore[attr-defined]
        self.fields["mark"].choice_hints = {each.value: words.MEANINGS[each] for each in known}  # type: ignore[attr-defined]


class PeriodForm(forms.Form):
    """How long, from when, and why; from here on the law speaks through the capability's refusal."""

    number = forms.IntegerField(label=gettext_lazy("保存期限"), min_value=0, max_value=999)
    unit = forms.ChoiceField(
        label=pgettext_lazy("期限", "单位"),
        choices=[
            ("y", pgettext_lazy("期限", "年")),
            ("mo", pgettext_lazy("期限", "个月")),
            ("d", pgettext_lazy("期限", "天")),
        ],
    )
    enabled = forms.BooleanField(label=pgettext_lazy("规则", "启用"), required=False)
    since = forms.DateField(label=gettext_lazy("自"), **_DATE)
    until = forms.DateField(
        label=gettext_lazy("至"),
        required=False,
        help_text=gettext_lazy("到这一天恢复法规库的规定；不填即一直有效"),
    )
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def __init__(self, data: Any = None, *, start: Period | None = None, on: bool = True) -> None:
        initial: dict[str, Any] = {"enabled": on, "since": today().isoformat(), "unit": "y"}
        if start is not None:
            written = str(start)
            number = written.rstrip("ymod")
            initial |= {"number": number, "unit": written.removeprefix(number)}
        super().__init__(data, initial=initial)

    def terms(self) -> dict[str, Any]:
        said = self.cleaned_data
        kept = ("enabled", "since", "until", "reason")
        return {
            "period": f"{said['number']}{said['unit']}",
            **{name: said[name] for name in kept if name in said},
        }


class OwnRuleForm(PeriodForm):
    name = forms.RegexField(
        r"^[a-z0-9]+(-[a-z0-9]+)*$",
        label=gettext_lazy("代码"),
        max_length=30,
        help_text=gettext_lazy(
            "小写字母、数字和连字符，例如 <code>claim-photos</code>；前面会加上 <code>own-</code>"
        ),
    )
    about = forms.MultipleChoiceField(
        label=gettext_lazy("管什么"),
        choices=[(each, words.KINDS[each]) for each in HOLDINGS]
        + [(key, said) for key, said in words.KINDS.items() if key not in HOLDINGS],
        widget=forms.CheckboxSelectMultiple,
    )
    trigger = forms.ChoiceField(
        label=gettext_lazy("起算"),
        choices=[(key.value, said) for key, said in words.TRIGGERS.items()],
    )
    term = forms.ChoiceField(
        label=gettext_lazy("限于"),
        required=False,
        choices=[("", gettext_lazy("不限")), *words.TERMS.items()],
    )
    clause = forms.ChoiceField(label=gettext_lazy("依据"), required=False)
    enabled = None  # type: ignore[assignment]  # a new rule is made to be applied
    field_order = (
        "name", "about", "trigger", "term", "clause", "number", "unit", "since", "until", "reason",
    )  # fmt: skip

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        known = [(each.code, words.cite(each)) for each in pack().clauses.values()]
        self.fields["clause"].choices = [("", _("本公司默认")), *known]  # type: ignore[attr-defined]

    def code(self) -> str:
        return f"{OWN}{self.cleaned_data['name']}"

    def own(self) -> OwnRule:
        said = self.cleaned_data
        return OwnRule(
            about=tuple(said["about"]),
            trigger=said["trigger"],
            when={"term": said["term"]} if said["term"] else {},
            clause=said["clause"],
        )


def period_form(rule: RetentionRule, newest: RuleOverride | None, data: Any = None) -> PeriodForm:
    """Filled with what holds last, so that only what changes is typed."""
    start = Period.read(newest.period) if newest else rule.period
    return PeriodForm(data, start=start, on=newest.enabled if newest else True)
