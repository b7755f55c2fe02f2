"""What an officer fills in about an alert."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from access.models import Finding
from incidents.case_forms import MomentField, OpenForm, text_field
from incidents.cases.standing import worked_on
from incidents.models import Alert, Incident


class OpenFromForm(OpenForm):
    """A case from this alert: aware since it was raised."""

    def __init__(self, alert: Alert, data: Any = None) -> None:
        super().__init__(data, aware_at=alert.raised_at)
        self.auto_id = "open-%s"


class JoinForm(forms.Form):
    """One of the cases that one works on."""

    use_required_attribute = False
    incident = forms.ModelChoiceField(
        label=_("并入哪个事件"),
        queryset=Incident.objects.none(),
        to_field_name="code",
        error_messages={"required": _("请选择事件"), "invalid_choice": _("请从列表中选择")},
    )

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        self.auto_id = "join-%s"
        field: Any = self.fields["incident"]
        field.queryset = worked_on(actor)
        field.empty_label = _("请选择")
        field.label_from_instance = lambda row: f"{row.code} {row.title}"


class SameForm(forms.Form):
    use_required_attribute = False
    other = text_field(_("与哪条告警相同"), _("原告警页上的编号，前八个字符也可以"), most=40)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.auto_id = "same-%s"

    def clean_other(self) -> Alert:
        """By the whole reference, or the eight characters that a list shows."""
        typed: str = self.cleaned_data["other"].strip().lower()
        rows = list(Alert.objects.filter(_named(typed))[:2])
        if len(rows) != 1:
            raise forms.ValidationError(_("没有这个编号的告警，请核对"))
        return rows[0]


def _named(typed: str) -> Q:
    try:
        return Q(ref=UUID(typed))
    except ValueError:
        return Q(ref__startswith=typed) if len(typed) == len("01234567") else Q(pk=None)


class DismissForm(forms.Form):
    use_required_attribute = False
    why = text_field(_("为什么是误报"), _("写明查了什么；请勿写客户资料"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.auto_id = "dismiss-%s"


class ReportForm(forms.Form):
    """What somebody of the staff noticed, or was told by telephone or letter."""

    use_required_attribute = False
    source = forms.ChoiceField(
        label=_("谁反映的"),
        choices=[
            each
            for each in Alert.Source.choices
            if each[0] in {Alert.Source.STAFF, Alert.Source.CUSTOMER, Alert.Source.PARTNER}
        ],
    )
    severity = forms.ChoiceField(
        label=_("级别"), choices=Finding.Severity, initial=Finding.Severity.MEDIUM
    )
    summary = text_field(_("发现了什么"), _("请勿写客户资料"), most=300)
    happened_at = MomentField(
        label=_("发生时间"), required=False, help_text=_("不清楚就留空，例如 2026-12-01 14:20")
    )
