"""What a relative types at the door. The numbers never come back in a page."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from records.correction_forms import PaperForm
from records.identifiers import check_mobile
from records.models import Contact, RelativeAsk
from records.request_forms import SaidField
from records.sign_in.forms import LONGEST, CodeForm, NumbersForm

WORDS = 1000
MOST = 120


class ContactForm(forms.Form):
    contact = forms.ChoiceField(
        label=_("代码发到哪里"),
        choices=Contact.choices,
        widget=forms.RadioSelect,
        initial=Contact.MOBILE,
        error_messages={"required": _("请选择手机或邮箱")},
    )
    address = forms.CharField(
        label=_("您的手机号码或邮箱"),
        max_length=MOST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("答复也发到这里"),
        error_messages={
            "required": _("请填写您的手机号码或邮箱"),
            "max_length": _("手机号码或邮箱过长，请核对"),
        },
    )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        text = str(said.get("address", "")).strip()
        if not text:
            return said
        if said.get("contact") == Contact.EMAIL:
            try:
                validate_email(text)
            except ValidationError:
                self.add_error("address", _("邮箱写得不对，请核对"))
            said["address"] = text.lower()
        else:
            checked = check_mobile(text)
            if checked.value is None:
                self.add_error("address", _("手机号码写得不对，请核对"))
            else:
                said["address"] = checked.value
        return said


class AskForm(NumbersForm, PaperForm):
    """Both numbers are the deceased customer's; everything else is his own."""

    field_order = (
        "policy_number", "id_number", "name", "relation", "wants", "text", "paper",
    )  # fmt: skip

    name = forms.CharField(
        label=_("您的姓名"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请填写您的姓名"), "max_length": _("姓名过长，请核对")},
    )
    relation = forms.ChoiceField(
        label=_("您是已故客户的"),
        choices=[("", _("请选择")), *RelativeAsk.Relation.choices],
        error_messages={"required": _("请选择您与已故客户的关系")},
    )
    wants = forms.ChoiceField(
        label=_("您想办什么"),
        choices=RelativeAsk.Wants.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择想办的事")},
    )
    text = SaidField(
        label=_("想说明的"),
        required=False,
        rows=4,
        max_length=WORDS,
        help_text=_("为了自己的什么权益、要哪些资料。请不要写密码和验证码"),
        error_messages={"max_length": _("最多 %(n)s 字，请精简") % {"n": WORDS}},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, needed=True, label=_("死亡证明或亲属关系证明"), **kwargs)
        self.fields["id_number"].label = _("已故客户的证件号码")
        self.fields["id_number"].help_text = _("保单上的投保人、被保险人或受益人")
        self.fields["policy_number"].help_text = _("在保险合同首页。空格和全角数字没有关系")


class ProofForm(CodeForm):
    """Nobody here has a code on paper."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"].help_text = _("6 位数字，10 分钟内有效")


class MorePaperForm(PaperForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, needed=True, label=_("再交一份证明"), **kwargs)
