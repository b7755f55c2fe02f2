"""What an officer fills in of an impact assessment."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from access.models.rules import CLASSES
from custodian import elements
from custodian.elements import Element
from custodian.regimes.assessments import Heading, Occasion
from records.assessments import papers, things, writing
from records.models import ImpactAssessment
from records.models.assessments import LABELS

CONDITIONS: Final = 4
SEPARATOR: Final = "/"
_DAY: Final = _("例如 2026-11-23")
_BAD_DAY: Final = {"invalid": _("日期无法识别，请写成 2026-11-23")}
_NO_DATA: Final = _("不要写客户资料")


def _day(label: Any) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, help_text=_DAY, error_messages=_BAD_DAY,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


def _text(label: Any, *, most: int, rows: int = 4, hint: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label, required=False, max_length=most, help_text=hint,
        widget=forms.Textarea(attrs={"rows": rows}),
    )  # fmt: skip


class BeginForm(forms.Form):
    """What it is about, and on which occasion; the rest is written on its page."""

    use_required_attribute = False
    thing = forms.ChoiceField(label=_("评估对象"), error_messages={"required": _("请选择评估什么")})
    occasion = forms.ChoiceField(
        label=_("评估情形"), widget=forms.RadioSelect, choices=list(LABELS.items()),
        error_messages={"required": _("请选择评估情形")},
    )  # fmt: skip
    title = forms.CharField(
        label=_("名称"), max_length=100, required=False,
        help_text=_("评估其他处理的须写；不写的用评估对象的名称"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        field: Any = self.fields["thing"]
        field.choices = [("", _("请选择")), *_grouped(), (things.OTHER + SEPARATOR, _OTHER)]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        kind, _slash, about = said.get("thing", "").partition(SEPARATOR)
        said["kind"], said["about"] = kind, about
        if kind == things.OTHER and not said.get("title", "").strip():
            self.add_error("title", _("请写明评估哪项处理"))
        return said


_OTHER: Final = _("其他处理（写明名称，选信息项）")


def _grouped() -> Iterator[tuple[str, list[tuple[str, str]]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for each in things.everything():
        choice = (each.kind + SEPARATOR + each.code, each.said)
        found.setdefault(each.kind, []).append(choice)
    for kind, rows in found.items():
        yield things.label_of(kind), rows


class WriteForm(forms.Form):
    """Everything may stay empty until it is put up."""

    use_required_attribute = False
    title = forms.CharField(
        label=_("名称"), max_length=100, error_messages={"required": _("请写名称")}
    )
    elements = forms.MultipleChoiceField(
        label=_("信息项"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("从信息目录中选，不另写"),
    )  # fmt: skip
    measures = _text(_("保护措施"), most=1000, hint=_NO_DATA)
    conclusion = forms.ChoiceField(
        label=pgettext_lazy("评估", "结论"), required=False, widget=forms.RadioSelect,
        choices=ImpactAssessment.Conclusion.choices,
    )  # fmt: skip
    review_on = _day(_("复评日"))

    def __init__(self, row: ImpactAssessment, data: Any = None) -> None:
        super().__init__(data, initial=_initial(row))
        self.row = row
        self.questions = papers.form().asked(Occasion(row.occasion))
        for each in self.questions:
            self.fields[each.code] = _text(writing.asked(each), most=2000, hint=_NO_DATA)
        owners = writing.owners()
        for at in range(CONDITIONS):
            self._condition(at, owners)
        if row.kind == things.OTHER:
            field: Any = self.fields["elements"]
            field.choices = list(_elements())
        else:
            del self.fields["elements"]

    def _condition(self, at: int, owners: Any) -> None:
        number = {"n": at + 1}
        self.fields[f"what{at}"] = forms.CharField(
            label=_("条件 %(n)s") % number, max_length=200, required=False
        )
        self.fields[f"owner{at}"] = forms.ModelChoiceField(
            label=_("负责人"), queryset=owners, required=False, empty_label=_("请选择")
        )
        self.fields[f"due{at}"] = _day(_("期限"))

    @property
    def headings(self) -> list[tuple[Any, list[BoundField]]]:
        titles = {each.heading: each for each in papers.form().titles.values()}
        return [
            (titles[each], [self[q.code] for q in self.questions if q.heading is each])
            for each in Heading
        ]

    @property
    def conditions(self) -> list[list[BoundField]]:
        return [
            [self[f"{name}{at}"] for name in ("what", "owner", "due")] for at in range(CONDITIONS)
        ]

    def said(self) -> dict[str, Any]:
        clean = self.cleaned_data
        return {
            "title": clean["title"],
            "answers": {each.code: clean[each.code] for each in self.questions},
            "measures": clean["measures"],
            "conclusion": clean["conclusion"],
            "review_on": clean["review_on"],
            "elements": clean.get("elements", ()),
            "conditions": [
                {"what": clean[f"what{at}"], "owner": clean[f"owner{at}"], "due_on": clean[f"due{at}"]}
                for at in range(CONDITIONS)
            ],
        }  # fmt: skip


def _elements() -> Iterator[tuple[Any, list[tuple[str, str]]]]:
    for cls, label in CLASSES:
        yield (
            label,
            [
                (each.code, _labelled(each))
                for each in elements.catalogue()
                if each.cls.value == cls
            ],
        )


def _labelled(element: Element) -> str:
    mark = [str(_("敏"))] if element.sensitive else []
    return " ".join([f"{element.label} L{element.level}", *mark])


def _initial(row: ImpactAssessment) -> dict[str, Any]:
    said: dict[str, Any] = {
        **row.answers,
        "title": row.title,
        "elements": row.facts.get("elements", ()),
        "measures": row.measures,
        "conclusion": row.conclusion,
        "review_on": row.review_on,
    }
    owners = {str(each.ref): each.pk for each in User.objects.filter(ref__in=_owners(row))}
    for at, each in enumerate(row.conditions):
        said |= {f"what{at}": each["what"], f"due{at}": each["due"]}
        said[f"owner{at}"] = owners.get(each["owner"])
    return said


def _owners(row: ImpactAssessment) -> list[str]:
    return [each["owner"] for each in row.conditions if each["owner"]]


class ConditionForm(forms.Form):
    use_required_attribute = False
    note = forms.CharField(
        label=pgettext_lazy("评估", "怎样落实的"), max_length=200, help_text=_NO_DATA,
        error_messages={"required": _("请写明怎样落实的")},
    )  # fmt: skip
