"""What is filled in about a risk and its actions; nobody writes customers' data into any of it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Unit
from incidents.models import Risk, RiskAction
from incidents.risk_frame import ActForm, DayField, OwnerField, text_field
from incidents.risks import library
from incidents.risks.register import LEVELS
from incidents.risks.scales import scales
from records.models import Product

WHY = _("一句话，写入历史，请勿写客户资料")


class LevelFields(forms.Form):
    """Without controls, and with them."""

    inherent_likelihood = forms.TypedChoiceField(label=_("固有：可能性"), coerce=int)
    inherent_impact = forms.TypedChoiceField(label=_("固有：影响"), coerce=int)
    residual_likelihood = forms.TypedChoiceField(label=_("剩余：可能性"), coerce=int)
    residual_impact = forms.TypedChoiceField(
        label=_("剩余：影响"), coerce=int, help_text=_("有了控制措施之后还剩多少；不能高于固有")
    )

    def scale(self) -> None:
        for name in LEVELS:
            steps = scales().likelihood if name.endswith("likelihood") else scales().impact
            field: Any = self.fields[name]
            field.choices = [
                (each.level, f"{each.level} {each.words} · {each.says}") for each in steps
            ]

    @property
    def levels(self) -> list[int]:
        return [self.cleaned_data[name] for name in LEVELS]


class ControlsField(forms.MultipleChoiceField):
    def __init__(self) -> None:
        super().__init__(
            label=_("控制措施"),
            required=False,
            widget=forms.CheckboxSelectMultiple,
            help_text=_("已有的、把风险压住的；失效时这项风险须复查"),
        )


def _controls() -> list[tuple[str, str]]:
    return [(code, f"{code} {each.words}") for code, each in library.controls().items()]


def _lines(label: Any, hint: Any) -> Any:
    return forms.CharField(
        label=label, help_text=hint, max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )


class RaiseForm(LevelFields):
    """A risk for the register."""

    use_required_attribute = False
    field_order = ("title", "cause", "consequence", "kind", "unit", "product", *LEVELS)
    title = text_field(pgettext_lazy("风险", "风险"), _("一句话，例如：名单经合作方流出"), most=100)
    cause = _lines(_("原因"), _("为什么会发生；请勿写客户资料"))
    consequence = _lines(_("后果"), _("发生了会怎样；请勿写客户资料"))
    kind = forms.ChoiceField(label=_("类别"), choices=Risk.Kind)
    unit = forms.ModelChoiceField(
        label=_("机构"),
        queryset=Unit.objects.all(),
        to_field_name="code",
        required=False,
        empty_label=_("全公司"),
    )
    product = forms.ModelChoiceField(
        label=_("险种"),
        queryset=Product.objects.order_by("code"),
        to_field_name="code",
        required=False,
        empty_label=_("不限险种"),
    )
    controls = ControlsField()
    owner = OwnerField()
    review_on = DayField(
        label=_("复查日"),
        required=False,
        help_text=_("例如 2026-12-31；不填则按剩余风险的等级计算"),
    )

    def __init__(self, data: Any = None, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        self.scale()
        controls: Any = self.fields["controls"]
        controls.choices = _controls()
        owner: Any = self.fields["owner"]
        owner.help_text = _("工号；对这项风险负责的人")


class WeighForm(LevelFields, ActForm):
    act = "weigh"
    why = text_field(_("理由"), WHY)

    def fill(self) -> None:
        self.scale()
        for name in LEVELS:
            self.start(name, getattr(self.thing, name))


class ControlsForm(ActForm):
    act = "controls"
    controls = ControlsField()
    why = text_field(_("理由"), WHY)

    def fill(self) -> None:
        field: Any = self.fields["controls"]
        field.choices = _controls()
        self.start("controls", self.thing.controls)


class ReviewForm(ActForm):
    act = "review"
    found = text_field(_("复查结论"), _("看了什么、有没有变化；请勿写客户资料"))
    next_on = DayField(label=_("下次复查日"), required=False, help_text=_("不填则按等级计算"))


class GiveForm(ActForm):
    act = "give"
    owner = OwnerField()
    why = text_field(_("理由"), WHY)

    def fill(self) -> None:
        owner: Any = self.fields["owner"]
        owner.help_text = _("工号；对这项风险负责的人")


class TreatForm(ActForm):
    act = "treat"
    treatment = forms.ChoiceField(
        label=_("应对"),
        choices=[each for each in Risk.Treatment.choices if each[0] != "undecided"],
        error_messages={"required": _("请选择怎样应对")},
    )
    why = text_field(_("说明"), _("接受的写明为什么可以接受；请勿写客户资料"), most=300)


class CloseForm(ActForm):
    act = "close"
    why = text_field(_("销号理由"), WHY)


class ReopenForm(ActForm):
    act = "reopen"
    why = text_field(_("重新在册的理由"), WHY)


class ActionForm(ActForm):
    act = "action"
    title = text_field(_("要做什么"), _("负责人看得到；请勿写客户资料"), most=120)
    owner = OwnerField()
    due_on = DayField(label=_("期限"), help_text=_("例如 2026-12-31"))

    def fill(self) -> None:
        owner: Any = self.fields["owner"]
        owner.help_text = _("工号；他在“我的整改措施”里看到这一项")


class _OfAction(ActForm):
    """Of one action, which its reference names."""

    action = forms.ModelChoiceField(
        queryset=RiskAction.objects.none(), to_field_name="ref", widget=forms.HiddenInput
    )

    def fill(self) -> None:
        field: Any = self.fields["action"]
        field.queryset = self.thing.actions.all()


class ActionMoveForm(_OfAction):
    act = "action-move"
    owner = OwnerField()
    due_on = DayField(label=_("期限"), help_text=_("例如 2026-12-31"))
    why = text_field(_("改期的理由"), _("没有改期就不填"), required=False)


class ActionEndForm(_OfAction):
    act = "action-end"
    end = forms.ChoiceField(
        choices=[("done", ""), ("dropped", "")],
        error_messages={"required": _("请选择办结还是不再办理")},
    )
    result = text_field(_("办理结果"), _("做了什么，或者为什么不再办理"), most=300)
    evidence = text_field(_("凭据"), _("在哪里能看到，例如变更单号"), most=100, required=False)


class ActionVerifyForm(_OfAction):
    act = "action-verify"
    works = forms.ChoiceField(
        choices=[("yes", ""), ("no", "")],
        error_messages={"required": _("请选择有效还是无效")},
    )
    note = text_field(_("说明"), _("怎样看出来的；无效的须写明"), required=False)
