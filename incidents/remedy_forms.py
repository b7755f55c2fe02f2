"""What is filled in about remedies, by the group and by their owners, and the review that closes a case."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import User
from incidents.case_forms import CaseForm, text_field
from incidents.models import IncidentRemedy, IncidentReview


class DayField(forms.DateField):
    """As people write it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=["%Y-%m-%d"],
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={
                "invalid": _("日期无法识别，请写成 2026-12-31"),
                "required": _("请填写期限"),
            },
            **kwargs,
        )


class OwnerField(forms.CharField):
    """Anybody of the insurer, by the number on the badge: a list would be too long to choose from."""

    def __init__(self, *, required: bool = True) -> None:
        super().__init__(
            label=_("负责人"),
            max_length=20,
            required=required,
            help_text=_("工号。可以不是工作组成员：他只看得到这一项的文字，看不到事件"),
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={"required": _("请填写负责人的工号")},
        )

    def clean(self, value: Any) -> Any:
        number = super().clean(value)
        if not number:
            return None
        found = User.objects.filter(staff_no=number.upper()).first()
        if found is None:
            raise forms.ValidationError(_("没有这个工号，请核对"))
        return found


def words_field(label: Any, hint: Any, *, required: bool = True) -> Any:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=1000,
        required=required,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class RemedyForm(CaseForm):
    act = "remedy"
    title = text_field(
        _("要做什么"), _("负责人看得到，请勿写事件经过和客户资料。例如：停用共享账号"), most=120
    )
    kind = forms.ChoiceField(label=_("类别"), choices=IncidentRemedy.Kind)
    note = text_field(_("说明"), _("负责人看得到；做到什么程度算完成"), most=300, required=False)
    owner = OwnerField(required=False)
    due_on = DayField(
        label=_("期限"), required=False, help_text=_("例如 2026-12-31；结案前须有负责人和期限")
    )


class _OfOne(CaseForm):
    """Of one remedy, which its reference names."""

    remedy = forms.ModelChoiceField(
        queryset=IncidentRemedy.objects.none(), to_field_name="ref", widget=forms.HiddenInput
    )

    def fill(self) -> None:
        field: Any = self.fields["remedy"]
        field.queryset = self.incident.remedies.all()


class RemedyOwnerForm(_OfOne):
    act = "remedy-owner"
    owner = OwnerField()
    due_on = DayField(label=_("期限"), help_text=_("例如 2026-12-31"))
    why = text_field(_("改期的理由"), _("没有改期就不填"), required=False)


class RemedyEndForm(_OfOne):
    """Done, or dropped; what was done, or why not."""

    act = "remedy-end"
    end = forms.ChoiceField(
        choices=[
            ("done", pgettext_lazy("整改", "已办结")),
            ("dropped", pgettext_lazy("整改", "不再办理")),
        ],
        error_messages={"required": _("请选择办结还是不再办理")},
    )
    result = text_field(_("办理结果"), _("做了什么，或者为什么不再办理"), most=300)
    evidence = text_field(_("凭据"), _("在哪里能看到，例如变更单号"), most=100, required=False)


class RemedyVerifyForm(_OfOne):
    act = "remedy-verify"
    works = forms.ChoiceField(
        choices=[("yes", pgettext_lazy("整改", "有效")), ("no", _("无效，重新办理"))],
        error_messages={"required": _("请选择有效还是无效")},
    )
    note = text_field(_("说明"), _("怎样看出来的；无效的须写明"), required=False)


class ReviewForm(CaseForm):
    """The review after the incident; the times are measured and not filled in."""

    act = "review"
    cause = forms.ChoiceField(label=_("根本原因"), choices=IncidentReview.Cause)
    cause_text = words_field(_("原因说明"), _("为什么会发生；请勿写客户资料"))
    worked = words_field(_("哪些做得好"), _("下次照做的"))
    failed = words_field(_("哪些没有做好"), _("慢了、漏了、走了弯路的"))
    lessons = words_field(_("教训"), _("写入时间线；要做的事另列为整改措施"))
    playbook = words_field(
        _("处置步骤怎样改"), _("哪一步要加、要删、要换时限；不用改就留空"), required=False
    )


class OwnDoneForm(forms.Form):
    """By the owner, on his own page."""

    use_required_attribute = False
    result = text_field(_("办理结果"), _("做了什么；请勿写客户资料"), most=300)
    evidence = text_field(_("凭据"), _("在哪里能看到，例如变更单号"), most=100, required=False)


class OwnDayForm(forms.Form):
    use_required_attribute = False
    due_on = DayField(label=_("新的期限"), help_text=_("例如 2026-12-31"))
    why = text_field(_("改期的理由"), _("一句话，请勿写客户资料"))

    def __init__(self, data: Any = None, *, due_on: date | None = None) -> None:
        super().__init__(data, initial={"due_on": due_on.isoformat() if due_on else ""})
