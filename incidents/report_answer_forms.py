"""What only a person can say for an export: the choices are those of its public schema."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext_lazy as _

from incidents.models import IncidentReport
from incidents.reports import vocabularies as ours

_COUNTRIES: Final = (
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK"
).split()
_CRITERIA: Final = (
    ("clients_financial_counterparts_and_transactions_affected", _("客户、对手方或交易受影响")),
    ("reputational_impact", _("声誉影响")),
    ("duration_and_service_downtime", _("持续时间和停机时间")),
    ("geographical_spread", _("地域范围")),
    ("data_losses", _("资料损失")),
    ("critical_services_affected", _("关键服务受影响")),
    ("economic_impact", _("经济影响")),
)
_CAUSES: Final = (
    ("malicious_actions", _("恶意行为")),
    ("process_failure", _("流程缺陷")),
    ("system_failure_malfunction", _("系统故障")),
    ("human_error", _("人为差错")),
    ("external_event", _("外部事件")),
)
_LOST: Final = (
    (ours.AVAILABILITY, _("可用性")),
    ("authenticity", _("真实性")),
    (ours.INTEGRITY, _("完整性")),
    (ours.CONFIDENTIALITY, _("保密性")),
)
_YES_NO: Final = (("", _("尚不清楚")), ("yes", _("是")), ("no", _("否")))
_DOWNTIME: Final = r"^\d{1,3}:(?:[01]\d|2[0-3]):[0-5]\d$"
# Narrower than the schema's own, which takes long to refuse some numbers.
_PHONE: Final = r"^\+?[1-9]\d{1,14}([-\s.]\d+)*$"


def _text(label: Any, hint: Any = "", *, most: int = 200, like: str = "", wrong: Any = "") -> Any:
    checks = [RegexValidator(like, wrong)] if like else []
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        required=False,
        validators=checks,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


def _long(label: Any) -> Any:
    return forms.CharField(
        label=label, required=False, max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )


def _many(label: Any, choices: Any) -> Any:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple
    )


class AnswersForm(forms.Form):
    """Kept as far as it was filled in; what is still missing is said where it is needed."""

    use_required_attribute = False
    act: str

    def __init__(self, report: IncidentReport, data: Any = None) -> None:
        super().__init__(data, auto_id=f"{self.act}-%s", initial=report.answers.get(self.act, {}))

    @property
    def answers(self) -> dict[str, Any]:
        return {name: value for name, value in self.cleaned_data.items() if value}


class DoraForm(AnswersForm):
    act = "dora"
    lei = _text(
        _("法人识别码（LEI）"),
        most=20,
        like=r"^[A-Z0-9]{18}[0-9]{2}$",
        wrong=_("LEI 为 18 位大写字母或数字加 2 位数字，请核对"),
    )
    code = _text(_("机构代码"), _("没有 LEI 时填写"), most=100)
    contact = _text(_("联系人"), most=100)
    email = forms.EmailField(
        label=_("联系人邮箱"),
        required=False,
        error_messages={"invalid": _("邮箱无法识别，请核对")},
    )
    phone = _text(
        _("联系电话"),
        _("带国家代码，例如 +353 1 2345678"),
        most=40,
        like=_PHONE,
        wrong=_("电话请写成 +国家代码和号码，不以 0 开头"),
    )
    criteria = _many(_("触发的分类标准"), _CRITERIA)
    countries = _many(_("受影响的成员国"), [(each, each) for each in _COUNTRIES])
    lost = _many(_("资料损失的性质"), _LOST)
    third_party = _text(_("来自哪家第三方"), _("不是第三方引起的留空"), most=200)
    continuity = forms.ChoiceField(
        label=_("是否启动业务连续性计划"), choices=_YES_NO, required=False
    )
    services = _long(_("受影响的关键服务"))
    infrastructure = forms.ChoiceField(
        label=_("基础设施组件是否受影响"), choices=_YES_NO, required=False
    )
    downtime = _text(
        _("停机时间"),
        _("天:时:分，例如 000:04:30"),
        most=9,
        like=_DOWNTIME,
        wrong=_("停机时间请写成 天:时:分，例如 000:04:30"),
    )
    causes = _many(_("根本原因"), _CAUSES)
    resolution = _long(_("如何解决"))
    planned = _long(_("与计划的差异"))
    economic = _long(_("经济影响说明"))
    recoveries = _text(
        _("追回金额"),
        _("没有追回的填 0"),
        most=15,
        like=r"^\d{1,12}(\.\d{1,2})?$",
        wrong=_("金额请写成数字，例如 1200.50"),
    )


class VerisForm(AnswersForm):
    act = "veris"
    disclosed = forms.ChoiceField(
        label=_("资料是否已落入外人手中"),
        choices=(
            ("", _("尚不清楚")),
            ("Yes", _("是")),
            ("Potentially", _("可能")),
            ("No", _("否")),
        ),
        required=False,
    )
    targeted = forms.ChoiceField(
        label=_("是否针对本公司"),
        choices=(
            ("", _("尚不清楚")),
            ("Targeted", _("有针对性")),
            ("Opportunistic", _("随机")),
            ("NA", _("不适用")),
        ),
        required=False,
    )


FORMS: Final[Mapping[str, type[AnswersForm]]] = {"dora": DoraForm, "veris": VerisForm}
