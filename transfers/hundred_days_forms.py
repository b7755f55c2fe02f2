"""What an officer fills in about a remedy: what, by whom, by when; and how it ended."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import User
from custodian import clock
from transfers.hundred_days import remedying, report
from transfers.hundred_days.report import Report
from transfers.models import Remedy

APART = "/"


class RemedyForm(forms.Form):
    """What it is about is chosen from what was counted; something else is written out."""

    use_required_attribute = False
    about = forms.ChoiceField(label=_("事项"))
    says = forms.CharField(
        label=_("要做什么"), max_length=200,
        help_text=_("一句话，请勿写客户信息。例如：回访补齐证件有效期"),
        error_messages={"required": _("请写明要做什么")},
    )  # fmt: skip
    owner = forms.ModelChoiceField(
        label=_("负责人"), queryset=User.objects.none(), to_field_name="ref",
        error_messages={"required": _("请选择负责人")},
    )  # fmt: skip
    due_on = forms.DateField(
        label=_("期限"), help_text=_("例如 2026-12-31；第一百天之前"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": _("日期无法识别，请写成 2026-12-31"), "required": _("请填写期限"),
        },
    )  # fmt: skip

    def __init__(self, data: Any = None, *, found: Report | None) -> None:
        super().__init__(data)
        self._counts: dict[str, int] = {}
        fields: Any = self.fields
        fields["about"].choices = self._choices(found)
        fields["owner"].queryset = User.objects.filter(
            pk__in=[each.pk for each in remedying.owners()]
        ).order_by("staff_no")

    def _choices(self, found: Report | None) -> list[tuple[str, Any]]:
        kinds = Remedy.What
        lines = [(kinds.OTHER.value, "", str(kinds.OTHER.label), 0)]
        if found is not None:
            absent = report.without_application(found)
            lines = [
                *((kinds.MISSING.value, e.code, f"{kinds.MISSING.label}：{e.label}", e.count)
                  for e in report.missing(found)),
                *((kinds.FLAW.value, e.code, f"{kinds.FLAW.label}：{e.label}", e.count)
                  for e in report.flaws(found)),
                *((kinds.LEVEL.value, e.code, f"{kinds.LEVEL.label}：{e.label}", 0) for e in found.raised),
                (kinds.ARCHIVE.value, absent.code, f"{kinds.ARCHIVE.label}：{absent.label}", absent.count),
                *lines,
            ]  # fmt: skip
        self._counts = {f"{what}{APART}{code}": n for what, code, _label, n in lines}
        return [(f"{what}{APART}{code}", label) for what, code, label, _n in lines]

    def clean_due_on(self) -> date:
        day: date = self.cleaned_data["due_on"]
        if day < clock.local().date():
            raise forms.ValidationError(str(remedying.NotInTime.message))
        return day

    @property
    def said(self) -> dict[str, Any]:
        """As `remedying.begin` takes it."""
        found = self.cleaned_data
        what, _apart, code = found["about"].partition(APART)
        return {
            "what": what, "code": code, "count": self._counts[found["about"]],
            "says": found["says"], "owner": found["owner"], "due_on": found["due_on"],
        }  # fmt: skip


class EndForm(forms.Form):
    use_required_attribute = False
    reason = forms.CharField(
        label=_("办理结果"), max_length=300, help_text=_("怎样办的，或者为什么不再办理；请勿写客户信息"),
        error_messages={"required": _("请写明办理结果")},
    )  # fmt: skip
