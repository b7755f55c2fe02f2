"""What takes a case further: who is hit, decisions of two, corrected times, and its end."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access import scopes
from access.models import Unit, User
from incidents.case_forms import CaseForm, MomentField, shown, text_field
from incidents.cases import assessing, clocks, cutting, unit_cutting
from incidents.cases import links as naming
from incidents.cases.decisions import Decision
from incidents.models import AffectedList, Assessment, IncidentClock, IncidentLink, Severity


class UnitField(forms.ModelChoiceField[Unit]):
    """By its code; beside each name how many it is about."""

    _named: Mapping[int, str]

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            queryset=Unit.objects.none(),
            to_field_name="code",
            empty_label=_("请选择"),
            error_messages={
                "required": _("请选择机构"),
                "invalid_choice": _("这个机构不能选：没有在岗人员，或您本人在其中"),
            },
            **kwargs,
        )

    def offer(self, rows: Iterable[tuple[Unit, str]]) -> None:
        self._named = {unit.pk: f"{unit} {unit.code} · {size}" for unit, size in rows}
        self.queryset = Unit.objects.filter(pk__in=self._named).order_by("path")

    def label_from_instance(self, obj: Any) -> str:
        return self._named[obj.pk]


class AffectedForm(CaseForm):
    """Who is hit, by what is on record; a leaked file goes through tracing."""

    act = "affected"
    by = forms.ChoiceField(
        label=_("依据什么"),
        choices=[each for each in AffectedList.By.choices if each[0] != AffectedList.By.TRACE],
    )
    about = text_field(
        _("编号"),
        _(
            "工号、导出编号、合作方编号或转让编号；一次登录写“工号/会话编号”，见人员页或登录的日志条目"
        ),
        most=40,
    )
    since = MomentField(
        label=_("起"), required=False, help_text=_("不填为最早，例如 2026-11-01 09:00")
    )
    until = MomentField(label=_("止"), required=False, help_text=_("不填为现在"))


class AgainForm(CaseForm):
    act = "again"
    affected = forms.ModelChoiceField(
        queryset=AffectedList.objects.none(), to_field_name="ref", widget=forms.HiddenInput
    )

    def fill(self) -> None:
        field: Any = self.fields["affected"]
        field.queryset = self.incident.affected.all()


class DecideForm(CaseForm):
    act = "decide"
    decision = forms.ChoiceField(label=_("决定什么"), choices=Decision)
    text = forms.CharField(
        label=_("决定与理由"),
        max_length=1000,
        help_text=_("另一名成员复核后写入时间线；请勿写客户资料"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明决定与理由")},
    )


def _number(label: Any) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=10**13,
        error_messages={"invalid": _("请填整数，不带单位；不清楚就留空")},
    )


class AssessForm(CaseForm):
    """What can be counted is counted; the rest is judged, with the reason."""

    act = "assess"
    occasions = forms.MultipleChoiceField(
        label=_("属于"),
        choices=list(assessing.OCCASIONS.items()),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("决定适用哪些法定时限"),
        error_messages={"required": _("请至少选择一项")},
    )
    severity = forms.ChoiceField(
        label=_("金融监管分级"), choices=Severity, help_text=_("按数据级别和危害，附件为定性标准")
    )
    circumstances = forms.MultipleChoiceField(
        label=_("符合的情形"),
        widget=forms.CheckboxSelectMultiple,
        required=False,
        help_text=_("附件描述的情形，符合的都勾选；金融监管分级不能低于其中最高的"),
    )
    level = forms.ChoiceField(label=_("网信分级"), choices=Severity)
    operator = forms.ChoiceField(label=_("系统性质"), choices=Assessment.Operator)
    loss = _number(_("直接经济损失（元）"))
    outage = _number(_("整体中断（分钟）"))
    main_outage = _number(_("主要功能中断（分钟）"))
    reason = text_field(_("理由"), _("每一级为什么是这一级；请勿写客户资料"), most=1000)

    def fill(self) -> None:
        known = clocks.Reckoned(self.incident)
        made, numbers = known.assessment, assessing.counted(self.incident)
        kept = made.counted if made else {}
        for name in assessing.TOLD:
            self._bound(name)
        self._circumstances()
        people = assessing.floors("people")
        self.fields["level"].help_text = people and _("按泄露人数：%(levels)s") % {"levels": people}
        self.initial = {
            **{name: kept.get(name) for name in (*assessing.TOLD, "circumstances")},
            "occasions": known.occasions,
            "severity": made.severity if made else Severity.ORDINARY,
            "level": made.level if made else numbers["level"],
            "operator": made.operator if made else Assessment.Operator.OTHER,
        }

    def _bound(self, name: str) -> None:
        """Asked only where the regime counts it."""
        levels = assessing.floors(name)
        if not levels:
            del self.fields[name]
        elif name == "loss":
            self.fields[name].help_text = levels
        else:
            said = {"levels": levels}
            self.fields[name].help_text = _("只有关键信息基础设施按此定级：%(levels)s") % said

    def _circumstances(self) -> None:
        field: Any = self.fields["circumstances"]
        field.choices = [
            (code, f"{Severity(each.level).label} · {assessing.says(each)}")
            for code, each in assessing.circumstances().items()
        ]
        if not field.choices:
            del self.fields["circumstances"]


class ReportForm(CaseForm):
    """One clock was met: what was reported, when, and of a late one why."""

    act = "report"
    clock = forms.ModelChoiceField(queryset=IncidentClock.objects.none(), widget=forms.HiddenInput)
    at = MomentField(label=_("报送时间"), required=False, help_text=_("不填为现在"))
    reference = text_field(_("报送编号"), _("回执或文号；没有就留空"), most=100, required=False)
    why_late = text_field(_("逾期原因"), _("按时办结的不填"), most=300, required=False)

    def fill(self) -> None:
        field: Any = self.fields["clock"]
        field.queryset = self.incident.clocks.all()


class CutForm(CaseForm):
    """Of what the case is linked with; one approved act for all of it."""

    act = "cut"
    links = forms.ModelMultipleChoiceField(
        label=_("停止谁的访问"),
        queryset=IncidentLink.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("人员：立即不能登录，令牌失效；导出：收回文件；合作方：停止全部提供"),
        error_messages={"required": _("请至少选择一项")},
    )
    text = text_field(_("理由"), most=300)

    def fill(self) -> None:
        field: Any = self.fields["links"]
        rows = cutting.cuttable(self.incident)
        field.queryset = self.incident.links.filter(pk__in=[each.pk for each in rows])
        field.label_from_instance = lambda row: (
            f"{naming.LABELS[naming.thing_of(row)]} {naming.name(row)}"
        )


class CutUnitForm(CaseForm):
    """A whole unit; how many it hits stands beside each name, and by name on the page of approval."""

    act = "cut_unit"
    unit = UnitField(
        label=_("停止哪个机构的访问"),
        help_text=_(
            "连同下级机构：其中所有人立即不能登录，令牌失效；本人所在的机构及其上级不在此列"
        ),
    )
    text = text_field(_("理由"), most=300)

    def fill(self) -> None:
        actor = scopes.current()
        own = User.objects.filter(pk=(actor and actor.id) or 0).values_list("unit__path", flat=True)
        rows = unit_cutting.choices(next(iter(own), ""))
        field: Any = self.fields["unit"]
        field.offer((unit, unit_cutting.told(below, people)) for unit, below, people in rows)


class RestoreUnitForm(CaseForm):
    act = "restore_unit"
    unit = UnitField(
        label=_("恢复哪个机构的访问"),
        help_text=_("恢复本案停止过的人员；已离职或有事件涉及的人员不在此列，由系统管理员单独处理"),
    )
    text = text_field(_("理由"), most=300)

    def fill(self) -> None:
        rows = unit_cutting.cut_now(self.incident)
        field: Any = self.fields["unit"]
        field.offer((unit, unit_cutting.told(0, people)) for unit, people in rows)


class TimesForm(CaseForm):
    act = "times"
    aware_at = MomentField(label=_("知悉时间"))
    occurred_at = MomentField(label=_("发生时间"), required=False, help_text=_("不清楚就留空"))
    why = text_field(_("依据"), _("根据什么认定；加密记入查询日志，也写入时间线"))

    def fill(self) -> None:
        self.initial = {
            "aware_at": shown(self.incident.aware_at),
            "occurred_at": shown(self.incident.occurred_at),
        }


class _WordsForm(CaseForm):
    text = text_field(_("说明"), most=300)


class HandleForm(_WordsForm):
    act = "handle"


class ReopenForm(_WordsForm):
    act = "reopen"


class CloseForm(CaseForm):
    act = "close"
    text = text_field(_("结案意见"), _("结论、原因和改进；另一名成员复核后结案"), most=1000)
