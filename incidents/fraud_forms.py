"""What officers and investigators fill in about a suspicion; what they write in words is sealed."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import User
from incidents.case_forms import NO_DATA, text_field
from incidents.fraud import investigating
from incidents.fraud.investigating import claims_of, may_join
from incidents.fraud.rules import book
from incidents.models import FraudCase, FraudEvidence, FraudMember, FraudShared, FraudTask
from records.models import Claim
from transfers.models import Agreement

SEALED: Final = _("加密保存，只有调查人员看得到")
DAY: Final = _("例如 2026-12-31")


def day_field(label: Any, hint: Any = DAY, *, required: bool = True) -> Any:
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        input_formats=["%Y-%m-%d"],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": _("日期无法识别，请写成 2026-12-31"),
            "required": _("请填写日期"),
        },
    )


def words_field(label: Any, hint: Any = SEALED, *, most: int = 1000) -> Any:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请填写")},
    )


class RaiseForm(forms.Form):
    """Of one open claim, why somebody should look."""

    use_required_attribute = False
    claim = forms.CharField(
        label=_("赔案编号"),
        max_length=24,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请填写赔案编号")},
    )
    why = forms.CharField(
        label=_("哪里可疑"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("加密保存，甄别和调查的人看得到；赔案照常办理，时限不变"),
        error_messages={"required": _("请写明哪里可疑")},
    )


class FraudForm(forms.Form):
    use_required_attribute = False
    act = ""

    def __init__(self, case: FraudCase, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.case = case
        self.auto_id = f"{self.act}-%s"
        self.fill()

    def fill(self) -> None:
        """Choices that depend on the case."""


class TakeForm(FraudForm):
    act = "take"
    text = words_field(_("为什么要查"))


class DismissForm(FraudForm):
    act = "dismiss"
    text = words_field(_("为什么不成立"), _("同样的事实不会再次提出疑点。加密保存"))


class SuppressForm(FraudForm):
    """One rule of the case says nothing of its customers for some time."""

    act = "suppress"
    rule = forms.ChoiceField(label=_("信号规则"))
    reason = text_field(_("理由"), NO_DATA)
    until = day_field(_("暂停至"), _("最长一年，例如 2026-12-31"))

    def fill(self) -> None:
        field: Any = self.fields["rule"]
        known = sorted(set(self.case.signals.values_list("rule", flat=True)))
        field.choices = [(code, book().rules.get(code, code)) for code in known]


class JoinForm(FraudForm):
    act = "join"
    person = forms.ModelChoiceField(
        label=_("人员"),
        queryset=User.objects.none(),
        to_field_name="ref",
        empty_label=_("请选择"),
        error_messages={"required": _("请选择人员"), "invalid_choice": _("请从列表中选择")},
    )

    def fill(self) -> None:
        field: Any = self.fields["person"]
        wanted = [each.pk for each in may_join(self.case)]
        field.queryset = User.objects.filter(pk__in=wanted).select_related("unit")


class LeaveForm(FraudForm):
    act = "leave"
    member = forms.ModelChoiceField(queryset=FraudMember.objects.none(), widget=forms.HiddenInput)

    def fill(self) -> None:
        field: Any = self.fields["member"]
        field.queryset = self.case.members.now()


class NoteForm(FraudForm):
    act = "note"
    text = words_field(_("查到了什么"))


class TaskForm(FraudForm):
    act = "task"
    title = text_field(_("要做什么"), NO_DATA, most=120)
    owner = forms.ModelChoiceField(
        label=_("负责人"),
        queryset=User.objects.none(),
        to_field_name="ref",
        required=False,
        empty_label=_("暂不指定"),
    )
    due_on = day_field(_("期限"), required=False)

    def fill(self) -> None:
        field: Any = self.fields["owner"]
        inside = self.case.members.now().values("user")
        field.queryset = User.objects.filter(pk__in=inside).select_related("unit")


class SettleForm(FraudForm):
    act = "settle"
    task = forms.ModelChoiceField(queryset=FraudTask.objects.none(), widget=forms.HiddenInput)
    status = forms.ChoiceField(
        choices=[each for each in FraudTask.Status.choices if each[0] != "open"]
    )
    note = text_field(_("说明"), _("不需要时写明理由。请勿写客户资料"), most=300, required=False)

    def fill(self) -> None:
        field: Any = self.fields["task"]
        field.queryset = self.case.tasks.all()


class LinkForm(FraudForm):
    act = "link"
    thing = forms.ChoiceField(label=_("关联什么"), choices=list(investigating.THINGS.items()))
    number = text_field(_("编号"), _("赔案编号、保单编号、客户编号或工号"), most=40)


class EvidenceForm(FraudForm):
    act = "evidence"
    name = text_field(_("是什么"), NO_DATA, most=100)
    origin = text_field(_("从哪里来"), _("谁交来的、怎样取得的"))
    file = forms.FileField(
        label=_("文件"), required=False, help_text=_("不超过 10 MB，按原样加密保存；更大的另行存放")
    )
    place = text_field(
        _("存放处"), _("文件或实物不在本系统时填写，例如：保险柜 3 号"), most=100, required=False
    )

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        upload = said.get("file")
        if upload is not None and upload.too_large:
            self.add_error("file", _("文件超过 10 MB，请另行存放并在这里登记存放处"))
        elif (upload is None) == (not said.get("place")):
            self.add_error("file", _("请选择文件，或填写存放处，两者取一"))
        return said


class HandForm(FraudForm):
    act = "hand"
    evidence = forms.ModelChoiceField(
        queryset=FraudEvidence.objects.none(), to_field_name="ref", widget=forms.HiddenInput
    )
    to = text_field(_("交给谁"), _("单位和姓名"), most=100)
    note = text_field(_("说明"), _("原件还是副本、凭什么文书"), required=False)

    def fill(self) -> None:
        field: Any = self.fields["evidence"]
        field.queryset = self.case.evidence.all()


class AskForm(FraudForm):
    act = "ask"
    claim = forms.ModelChoiceField(
        label=_("赔案"),
        queryset=Claim.objects.none(),
        to_field_name="ref",
        empty_label=_("请选择"),
        error_messages={"required": _("请选择赔案"), "invalid_choice": _("请从列表中选择")},
    )
    text = words_field(_("请经办人核实什么"), _("经办人只看到这一段文字，看不到疑点"), most=500)

    def fill(self) -> None:
        field: Any = self.fields["claim"]
        field.queryset = Claim.objects.filter(pk__in=[each.pk for each in claims_of(self.case)])


class RefuseForm(AskForm):
    act = "refuse"
    text = words_field(
        _("建议不予给付的理由"),
        _("经办人据此自行核定；不予给付仍按赔案的复核程序办理"),
        most=500,
    )


class OutcomeForm(FraudForm):
    act = "outcome"
    outcome = forms.ChoiceField(
        label=_("结论"), choices=FraudCase.Outcome, widget=forms.RadioSelect,
        error_messages={"required": _("请选择结论")},
    )  # fmt: skip
    measures = forms.MultipleChoiceField(
        label=_("处理"),
        choices=FraudCase.Measure,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("只在成立时选择；各按原有的程序办理"),
    )
    text = words_field(_("理由"))


class InternalForm(FraudForm):
    act = "internal"


class CloseForm(FraudForm):
    act = "close"
    text = words_field(_("结案意见"))


class GiveForm(FraudForm):
    """To whom an agreement in force allows it; the second person agrees on the page of the share."""

    act = "give"
    agreement = forms.ModelChoiceField(
        label=_("凭哪份协议"),
        queryset=Agreement.objects.none(),
        to_field_name="code",
        empty_label=_("请选择"),
        error_messages={"required": _("请选择协议"), "invalid_choice": _("请从列表中选择")},
    )
    elements = text_field(_("信息项"), _("信息项的代码，用逗号隔开；须在协议范围内"), most=200)
    customers = text_field(_("客户编号"), _("本疑点里的客户，用逗号隔开"), most=200)
    purpose = forms.ChoiceField(label=_("用途"), choices=FraudShared.Purpose)
    ground = forms.ChoiceField(label=_("合法性基础"), choices=FraudShared.Ground)
    use_by = day_field(_("使用至"))
    reason = text_field(_("理由"), NO_DATA)

    def fill(self) -> None:
        field: Any = self.fields["agreement"]
        rows = Agreement.objects.select_related("counterparty").order_by("code")
        field.queryset = rows.filter(pk__in=[each.pk for each in rows if each.is_running])

    def clean_elements(self) -> list[str]:
        return _listed(self.cleaned_data["elements"])

    def clean_customers(self) -> list[str]:
        return _listed(self.cleaned_data["customers"])


def _listed(text: str) -> list[str]:
    return [each.strip() for each in text.replace("，", ",").split(",") if each.strip()]
