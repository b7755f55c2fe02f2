"""What a customer types to come in. Nothing of it is remembered, corrected or shown again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from custodian import elements
from records.identifiers import check_resident_id
from records.sign_in import marks

LONGEST = 60
_RESIDENT = 18
_QUIET = {
    "autocomplete": "off",
    "autocapitalize": "characters",
    "autocorrect": "off",
    "spellcheck": "false",
    "maxlength": str(LONGEST),
}


class _Once(forms.TextInput):
    """A value that never comes back in a page."""

    def format_value(self, value: Any) -> None:
        return None


class NumbersForm(forms.Form):
    policy_number = forms.CharField(
        label=_("保单号"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs=_QUIET),
        help_text=_("在保险合同首页。空格和全角数字没有关系"),
        error_messages={
            "required": _("请填写保单号"),
            "max_length": _("保单号过长，请核对"),
        },
    )
    id_number = forms.CharField(
        label=_("您本人的证件号码"),
        max_length=LONGEST,
        widget=_Once(attrs=_QUIET),
        help_text=_("替孩子、单位或已故家人办理的，也填您自己的"),
        error_messages={
            "required": _("请填写证件号码"),
            "max_length": _("证件号码过长，请核对"),
        },
    )

    def clean_policy_number(self) -> str:
        text = str(self.cleaned_data["policy_number"])
        if not elements.get("policy.number").normalise(text):
            raise forms.ValidationError(_("请填写保单号"))
        return text

    def clean_id_number(self) -> str:
        """A mistyped last character is told at once; it says nothing about any customer."""
        text = elements.get("identity.id_number").normalise(str(self.cleaned_data["id_number"]))
        if not text:
            raise forms.ValidationError(_("请填写证件号码"))
        if len(text) == _RESIDENT and text[:-1].isdecimal():
            checked = check_resident_id(text)
            if not checked.ok:
                raise forms.ValidationError(str(checked.problems[0].message))
        return text


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("代码"),
        max_length=LONGEST,
        widget=_Once(attrs={"autocomplete": "one-time-code", "autocapitalize": "characters"}),
        help_text=_("6 位数字；网点或信函给您的 12 位登录码也填在这里"),
        error_messages={"required": _("请填写代码"), "max_length": _("代码过长，请核对")},
    )

    def clean_code(self) -> str:
        code = marks.typed(str(self.cleaned_data["code"]))
        if not (marks.is_printed(code) or (len(code) == marks.DIGITS and code.isdecimal())):
            raise forms.ValidationError(_("代码是 6 位数字，或 12 位登录码，请核对"))
        return code


class ChoiceForm(forms.Form):
    choice = forms.ChoiceField(
        label=_("这次为谁办理"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("请选择为谁办理"),
            "invalid_choice": _("请从列出的选项中选择"),
        },
    )

    def __init__(self, *args: Any, offered: list[tuple[str, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = offered  # type: ignore[attr-defined]
