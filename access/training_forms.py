"""What an officer fills in to change a course's terms, or the words of an undertaking."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.training import undertakings
from access.vocabulary import STAFF_ROLES

_ROLES = [(role.value, role.label) for role in STAFF_ROLES]


class _ForRoles(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("适用岗位"),
        choices=_ROLES,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一个也不选，就是所有岗位"),
    )
    reason = forms.CharField(
        label=_("理由"), max_length=200, help_text=_("复核的人会看到；不要写客户资料")
    )

    def clean_roles(self) -> list[str]:
        said = set(self.cleaned_data["roles"])
        return [role.value for role in STAFF_ROLES if role.value in said]


class CourseForm(_ForRoles):
    pass_mark = forms.IntegerField(label=_("及格线（%）"), min_value=1, max_value=100)
    months = forms.IntegerField(
        label=_("有效期（月）"),
        min_value=1,
        max_value=60,
        help_text=_("从通过那天起；已经通过的，有效期不变"),
    )
    field_order = ("pass_mark", "months", "roles", "reason")

    def terms(self) -> dict[str, Any]:
        said = self.cleaned_data
        return {name: said[name] for name in ("pass_mark", "months", "roles")}


class UndertakingForm(_ForRoles):
    clause_version = forms.CharField(
        label=_("条款版本"), max_length=20, help_text=_("例如 2027-1；与合同里的写法一致")
    )
    clause_zh = forms.CharField(label=_("合同条款（中文）"), max_length=80)
    clause_en = forms.CharField(
        label=_("合同条款（英文）"), max_length=120, widget=forms.TextInput(attrs={"lang": "en"})
    )
    text_zh = forms.CharField(
        label=_("全文（中文）"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 12, "lang": "zh-hans"}),
        help_text=_("空一行是另起一段；“- ”开头是一条"),
    )
    text_en = forms.CharField(
        label=_("全文（英文）"),
        max_length=6000,
        widget=forms.Textarea(attrs={"rows": 12, "lang": "en"}),
    )
    field_order = (
        *("clause_version", "clause_zh", "clause_en", "text_zh", "text_en"),
        *("roles", "reason"),
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for name in ("text_zh", "text_en"):
            if name in said:
                # As the files have it, so that the same words have the same hash.
                said[name] = "\n".join(said[name].splitlines()).strip() + "\n"
        return said

    def texts(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in undertakings.TEXTS}
