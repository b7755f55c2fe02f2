"""Forms of the desk: looking somebody up, revealing, changing the purpose."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import WorkItem
from access.vocabulary import Purpose
from custodian import clock
from records import search
from records.identifiers import check_birth_date, check_resident_id, check_uscc
from records.search import Kind

LONGEST = 200
LATEST = timedelta(days=366)
LAST_SECOND = time(23, 59, 59)
KIND_LABELS: Mapping[Kind, Any] = {
    Kind.MOBILE: _("手机号码"),
    Kind.ID_NUMBER: _("证件号码"),
    Kind.POLICY_NUMBER: _("保单号"),
    Kind.NAME: _("姓名与出生日期"),
    Kind.BANK_ACCOUNT: _("收付费账户"),
    Kind.EMAIL: _("电子邮箱"),
}
_EMPTY: Mapping[Kind, Any] = {
    Kind.MOBILE: _("请填写完整的手机号码"),
    Kind.ID_NUMBER: _("请填写完整的证件号码"),
    Kind.POLICY_NUMBER: _("请填写完整的保单号"),
    Kind.NAME: _("请填写完整的姓名"),
    Kind.BANK_ACCOUNT: _("请填写完整的账号"),
    Kind.EMAIL: _("请填写完整的电子邮箱"),
}
Offered = Sequence[Purpose]


def _choices(purposes: Offered, *, blank: bool = False) -> list[tuple[str, Any]]:
    first = [("", _("请选择"))] if blank else []
    return [*first, *((each.value, each.label) for each in purposes)]


def _offer(field: Any, choices: list[tuple[str, Any]]) -> None:
    field.choices = choices


def _quiet(**more: str) -> dict[str, str]:
    """Nothing that is typed here is remembered, corrected or sent to a spelling service."""
    quiet = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    return {**quiet, "autocorrect": "off", **more}


class CodeInput(forms.TextInput):
    """A code is typed anew each time; it never comes back in a page."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})

    def format_value(self, value: Any) -> None:
        return None


class PurposeForm(forms.Form):
    purpose = forms.ChoiceField(label=_("用途"), error_messages={"required": _("请选择用途")})

    def __init__(self, *args: Any, purposes: Offered, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _offer(self.fields["purpose"], _choices(purposes))


class SearchForm(PurposeForm):
    kind = forms.CharField(widget=forms.HiddenInput)
    value = forms.CharField(max_length=LONGEST)
    birth_date = forms.CharField(
        label=_("出生日期"),
        help_text=_("例如 1986-04-18"),
        required=False,
        max_length=40,
        error_messages={"max_length": _("出生日期过长，请核对")},
    )
    field_order = ("kind", "value", "birth_date", "purpose")

    def __init__(self, *args: Any, kind: Kind, purposes: Offered, **kwargs: Any) -> None:
        super().__init__(*args, purposes=purposes, **kwargs)
        self.by = kind
        value, purpose = self.fields["value"], self.fields["purpose"]
        value.label = _("姓名") if kind is Kind.NAME else KIND_LABELS[kind]
        value.help_text = _("须完整填写；提交后即隐去，不留在地址栏与历史记录")
        value.error_messages |= {"required": _EMPTY[kind], "max_length": _("内容过长，请核对")}
        value.widget.attrs = _quiet(maxlength=str(LONGEST))
        _offer(purpose, _choices(purposes, blank=len(purposes) > 1))
        purpose.help_text = _("决定您能看到哪些信息")
        if kind is not Kind.NAME:
            del self.fields["birth_date"]
        else:
            self.fields["birth_date"].widget.attrs = _quiet()

    @property
    def values(self) -> list[str]:
        """What was typed, in the order of the index."""
        typed = [self.cleaned_data["value"]]
        return [*typed, self.cleaned_data["birth_date"]] if self.by is Kind.NAME else typed

    def clean_value(self) -> str:
        value = str(self.cleaned_data["value"])
        element = "identity.name" if self.by is Kind.NAME else self.by.element
        if not any(
            search.normalised(self.by, [value, ""] if element == "identity.name" else [value])
        ):
            raise forms.ValidationError(_EMPTY[self.by])
        if self.by is Kind.ID_NUMBER:
            self._check_id_number(value)
        return value

    def _check_id_number(self, value: str) -> None:
        """A mistyped last character is told at once; it says nothing about any customer."""
        typed = search.normalised(self.by, [value])[0]
        if len(typed) != 18:
            return
        checked = check_resident_id(typed)
        if not checked.ok and not check_uscc(typed).ok:
            raise forms.ValidationError(str(checked.problems[0].message))

    def clean_birth_date(self) -> str:
        checked = check_birth_date(
            self.cleaned_data["birth_date"] or "", today=clock.local().date()
        )
        if checked.value is None:
            raise forms.ValidationError(
                str(checked.problems[0].message)
                if self.cleaned_data["birth_date"]
                else _("请填写出生日期")
            )
        return checked.value


class RevealForm(PurposeForm):
    """What to reveal, what for, why in a sentence, and the code where a second factor is due."""

    element = forms.MultipleChoiceField(
        label=_("信息项"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": _("请选择要揭示的信息项"),
            "invalid_choice": _("请从列出的信息项中选择"),
        },
    )
    purpose = forms.ChoiceField(
        label=_("用途"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("请选择用途"),
            "invalid_choice": _("请从列出的用途中选择"),
        },
    )
    reason = forms.CharField(
        label=_("理由"),
        required=False,
        max_length=LONGEST,
        help_text=_("一句话即可，请勿写客户信息。加密保存，审计时可见。"),
        error_messages={"max_length": _("理由最多 200 字，请精简")},
    )
    code = forms.CharField(
        label=_("二次验证码"),
        required=False,
        max_length=12,
        help_text=_("揭示 L4 信息时必填：身份验证器上现在显示的 6 位数字"),
    )
    field_order = ("element", "purpose", "reason", "code")

    def __init__(
        self,
        *args: Any,
        elements: Sequence[tuple[str, Any]],
        purposes: Offered,
        hints: Mapping[str, Any],
        asks_code: bool,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, purposes=purposes, **kwargs)
        element, purpose = self.fields["element"], self.fields["purpose"]
        _offer(element, list(elements))
        purpose.choice_hints = hints  # type: ignore[attr-defined]
        self.fields["reason"].widget.attrs = _quiet()
        self.fields["code"].widget = CodeInput() if asks_code else forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("purpose") == Purpose.OTHER:
            self.fields["reason"].required = True  # no longer marked as optional
            if not cleaned.get("reason"):
                self.add_error("reason", _("请说明为什么需要完整的信息"))
        return cleaned

    def ask_code(self, error: Any) -> None:
        """Show the field for the code with what is wrong."""
        self.fields["code"].widget = CodeInput()
        self.add_error("code", error)


class WorkForm(forms.Form):
    kind = forms.ChoiceField(
        label=pgettext_lazy("工作", "事项"),
        choices=[("", _("请选择")), *WorkItem.Kind.choices],
        error_messages={"required": _("请选择事项")},
    )
    due = forms.DateField(
        label=_("期限"),
        required=False,
        help_text=_("例如 2026-12-01"),
        error_messages={"invalid": _("期限无法识别，请写成 2026-12-01")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def clean_due(self) -> datetime | None:
        """The last moment of the day."""
        day: date | None = self.cleaned_data["due"]
        if day is None:
            return None
        if not clock.local().date() <= day <= clock.local().date() + LATEST:
            raise forms.ValidationError(_("期限须在今天以后一年之内"))
        return datetime.combine(day, LAST_SECOND, clock.OFFICE)
