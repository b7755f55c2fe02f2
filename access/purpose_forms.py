"""The form of a processing purpose: filled with what holds last, so that only what changes is typed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.law import purpose_words, words
from access.law.purpose_words import BASES, FAULTS, LABELS
from access.law.reading import clause, clauses, today
from access.vocabulary import Purpose
from custodian import elements
from custodian.regimes.calendars import DAY
from custodian.regimes.purposes import (
    CHANGEABLE,
    EVERYTHING,
    Basis,
    ProcessingPurpose,
    terms,
)
from custodian.regimes.rows import STRENGTH, Mark

# Long lists of ticks stand in columns.
COLUMNS: Final = frozenset({"looks", "elements"})


def _line(name: str, *, most: int = 60, required: bool = True, **more: Any) -> forms.CharField:
    field = forms.CharField(label=LABELS[name], max_length=most, required=required, **more)
    if tongue := purpose_words.tongue(name):
        field.widget.attrs["lang"] = tongue
    return field


def _text(name: str, *, required: bool = True, **more: Any) -> forms.CharField:
    area = forms.Textarea(attrs={"rows": 3})
    return _line(name, most=400, required=required, widget=area, **more)


def _ticks(name: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=LABELS[name],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": FAULTS["nothing"]},
    )


class PurposeForm(forms.Form):
    """What fits together is judged by the register's own checks, through the capability's refusal."""

    name = _line("name")
    name_en = _line("name_en")
    says = _text("says")
    says_en = _text("says_en")
    offered = forms.BooleanField(
        label=LABELS["offered"],
        required=False,
        help_text=gettext_lazy("不勾选即从生效日起不再做：不再征求，同意也不再起作用"),
    )
    basis = forms.ChoiceField(label=LABELS["basis"], choices=list(BASES.items()))
    clause = forms.ChoiceField(label=LABELS["clause"])
    mark = forms.ChoiceField(label=LABELS["mark"], widget=forms.RadioSelect)
    source = _line(
        "source",
        most=200,
        help_text=gettext_lazy("在哪里读到或定下的，例如制度的名称和文号"),
    )
    separate = forms.BooleanField(
        label=LABELS["separate"],
        required=False,
        help_text=gettext_lazy("敏感个人信息和提供给他人的，须单独同意"),
    )
    without = _text("without", required=False, help_text=gettext_lazy("以同意为依据的必填"))
    without_en = _text("without_en", required=False)
    looks = _ticks("looks")
    elements = _ticks("elements")
    kept = _line("kept", most=200, required=False, help_text=gettext_lazy("客户在“我的同意”里看到"))
    kept_en = _line("kept_en", most=200, required=False)
    notice = _line(
        "notice",
        most=40,
        required=False,
        help_text=gettext_lazy("公开文本里说明这一用途的版本编号"),
    )
    anew = forms.BooleanField(
        label=LABELS["anew"],
        required=False,
        help_text=gettext_lazy(
            "处理的目的或方式变了，须勾选（个人信息保护法第十四条）；新增的查看用途和信息项不勾选也要重新征求"
        ),
    )
    since = forms.DateField(
        label=gettext_lazy("自"), help_text=gettext_lazy("最早为明天；例如 2026-11-23")
    )
    reason = forms.CharField(label=gettext_lazy("理由"), max_length=200)

    def __init__(self, so_far: ProcessingPurpose, data: Any = None) -> None:
        self.so_far = so_far
        said = {**terms(so_far), "anew": False, "since": (today() + DAY).isoformat()}
        super().__init__(data, initial=said)
        marks = sorted(Mark, key=lambda each: -STRENGTH[each])
        self._offer("clause", _clauses(so_far.clause))
        self._offer("mark", [(each.value, words.mark_word(each)) for each in marks])
        self.fields["mark"].choice_hints = {  # type: ignore[attr-defined]
            each.value: words.MEANINGS[each] for each in marks
        }
        self._offer("looks", [each for each in Purpose.choices if each[0] != Purpose.SYSTEM])
        self._offer("elements", list(_elements()))

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def rows(self) -> Iterator[tuple[forms.BoundField, str]]:
        """Each field with how it stands."""
        return ((each, "field-columns" if each.name in COLUMNS else "field-wide") for each in self)

    def wanted(self) -> ProcessingPurpose:
        """The order of the register stays, so that nothing looks changed that is not."""
        said = {name: self.cleaned_data[name] for name in CHANGEABLE}
        return replace(
            self.so_far,
            **{
                **said,
                "basis": Basis(said["basis"]),
                "mark": Mark(said["mark"]),
                "looks": _ordered(self.so_far.looks, said["looks"]),
                "elements": _ordered(self.so_far.elements, said["elements"]),
            },
        )


def _ordered(before: tuple[str, ...], now: list[str]) -> tuple[str, ...]:
    kept = [each for each in before if each in now]
    return (*kept, *(each for each in now if each not in before))


def _clauses(so_far: str) -> list[tuple[str, Any]]:
    """Those of the installed law, and the one that stands there."""
    known = {so_far: clause(so_far), **clauses()}
    return [
        (code, f"{words.cite(each)} · {words.mark_word(each.mark)}") for code, each in known.items()
    ]


def _elements() -> Iterator[tuple[str, Any]]:
    yield EVERYTHING, _("全部资料")
    for each in elements.catalogue():
        mark = " " + _("敏") if each.sensitive else ""
        yield each.code, f"{each.label} L{each.level}{mark}"
