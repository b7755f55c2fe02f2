"""What an officer fills in about candidates, the industry's list and what leaves the house of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from custodian import clock
from incidents.case_forms import text_field
from incidents.models import FlagOverride, RehireFlag, Screening
from incidents.sanction_forms import words_field


class Unrepeated(forms.TextInput):
    """What was typed does not come back with the page."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        return super().get_context(name, None, attrs)


class ScreenForm(forms.Form):
    """Neither value is shown again or kept."""

    use_required_attribute = False
    id_number = forms.CharField(
        label=_("证件号码"),
        max_length=40,
        help_text=_("18 位或 15 位旧号码，全角数字和空格也可以；不保存、不写入日志"),
        widget=Unrepeated(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请填写证件号码")},
    )
    name = forms.CharField(
        label=_("姓名"),
        max_length=60,
        required=False,
        help_text=_("只用来核对是否同一人；不保存"),
        widget=Unrepeated(attrs={"autocomplete": "off"}),
    )
    position = forms.ChoiceField(label=_("拟任岗位"), choices=Screening.Position)
    told = forms.BooleanField(
        label=_("已告知应聘人会作此查询"),
        error_messages={"required": _("先告知应聘人，再查询")},
    )


class ImportForm(forms.Form):
    use_required_attribute = False
    file = forms.FileField(
        label=_("名单文件"),
        help_text=_(
            "csv 或 xlsx，不超过 10 MB；列名：姓名、证件号码、行为、决定日期、保险公司、限制至（可选）"
        ),
        error_messages={"required": _("请选择名单文件")},
    )
    origin = text_field(_("来源"), _("谁转来的、凭什么文书，例如：省行业协会〔2026〕5号"), most=80)
    received_on = forms.DateField(
        label=_("收到日期"),
        help_text=_("例如 2026-12-31"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": _("日期无法识别，请写成 2026-12-31"),
            "required": _("请填写日期"),
        },
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if getattr(upload, "too_large", False):
            raise forms.ValidationError(_("文件超过 10 MB，请分开导入"))
        return upload

    def clean_received_on(self) -> date:
        day: date = self.cleaned_data["received_on"]
        if day > clock.local().date():
            raise forms.ValidationError(_("收到日期在今天之后，请核对"))
        return day


class FlagForm(forms.Form):
    """What is done about one flag."""

    use_required_attribute = False
    act = forms.ChoiceField(
        label=_("办理"),
        choices=[("keep", _("已复查，继续保留一年")), *FlagOverride.Kind.choices],
    )
    why = words_field(_("理由"), _("加密保存；例外聘用和解除限制须另一人复核"), most=1000)


class ListForm(forms.Form):
    use_required_attribute = False
    act = "list"
    to = text_field(_("接收方"), _("行业协会的名称"), most=80)
    key = forms.CharField(
        label=_("接收方公钥"),
        help_text=_("对方给出的 2,432 个十六进制字符；文件只有对方能打开"),
        widget=forms.Textarea(attrs={"rows": 3, "autocomplete": "off"}),
        error_messages={"required": _("请填写接收方公钥")},
    )
    reason = text_field(_("依据"), _("凭什么报送"))


class EnquiryForm(forms.Form):
    use_required_attribute = False
    act = "enquiry"
    flag = forms.ModelChoiceField(
        label=_("限制编号"), queryset=RehireFlag.objects.none(), to_field_name="ref",
        error_messages={"required": _("请选择编号"), "invalid_choice": _("请从列表中选择")},
    )  # fmt: skip
    to = text_field(_("接收方"), _("来函的保险公司"), most=80)
    reason = text_field(_("依据"), _("来函的文号和日期"))

    def __init__(self, rows: Any, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["flag"]
        field.queryset = RehireFlag.objects.filter(pk__in=[each.pk for each in rows])
        field.empty_label = _("请选择")
