"""What an officer fills in of a counterparty: who it is, how it is reached, and the card of its key."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from access.vocabulary import Role
from custodian.errors import CustodianError
from records.evidence.upload import EvidenceUpload
from records.identifiers.organisations import check_uscc
from transfers import identity
from transfers.models import Counterparty
from transfers.registering import Terms

_OFFICES: Final = (Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER)


class CounterpartyForm(forms.Form):
    kind = forms.ChoiceField(label=_("类型"), choices=Counterparty.Kind)
    name = forms.CharField(label=_("名称"), max_length=100, help_text=_("与营业执照一致"))
    name_en = forms.CharField(label=_("英文名称"), max_length=100, required=False)
    credit_code = forms.CharField(
        label=_("统一社会信用代码"), max_length=18, required=False, help_text=_("18 位")
    )
    licence = forms.CharField(
        label=_("许可证号"), max_length=40, required=False, help_text=_("需要许可的业务才填")
    )
    contact_name = forms.CharField(label=_("联系人"), max_length=60, required=False)
    contact_phone = forms.CharField(
        label=_("联系电话"), max_length=40, help_text=_("依法告知客户；填单位的，不填个人的")
    )
    contact_email = forms.EmailField(label=_("联系邮箱"), required=False)
    address = forms.CharField(label=pgettext_lazy("合作方", "地址"), max_length=120, required=False)
    answers = forms.ModelChoiceField(
        label=_("本公司负责人"),
        queryset=User.objects.none(),
        empty_label=_("请选择"),
        to_field_name="staff_no",
        help_text=_("监督其履约、到期复查的人"),
    )

    def __init__(self, data: Any = None, *, of: Counterparty | None = None) -> None:
        names = list(self.base_fields)
        initial = {name: getattr(of, name) for name in names} if of else {}
        if of is not None and of.answers is not None:
            initial["answers"] = of.answers.staff_no
        super().__init__(data, initial=initial)
        people = User.objects.filter(is_active=True, role__in=_OFFICES)
        self.fields["answers"].queryset = people.order_by("staff_no")  # type: ignore[attr-defined]

    def clean_credit_code(self) -> str:
        typed = str(self.cleaned_data["credit_code"])
        if not typed:
            return ""
        checked = check_uscc(typed)
        if checked.value is None:
            raise forms.ValidationError(checked.problems[0].message)
        return checked.value

    def terms(self) -> Terms:
        return Terms(**self.cleaned_data)


class CardForm(forms.Form):
    card = forms.FileField(
        label=_("对方的身份卡"),
        help_text=_("对方从自己的系统下载的文件，扩展名 .json"),
        error_messages={"required": _("请选择文件")},
    )

    def clean_card(self) -> bytes:
        upload = self.cleaned_data["card"]
        content = upload.content if isinstance(upload, EvidenceUpload) else b""
        try:
            identity.read(content)
        except CustodianError as error:
            raise forms.ValidationError(str(error.message)) from None
        return content
