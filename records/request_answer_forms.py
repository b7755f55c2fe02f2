"""What is filled in by whoever answers a request: the decision, a refusal, more time, passing it on."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.law.words import english
from custodian import clock
from custodian.regimes.clocks import Extension
from records.models import CustomerRequest, DataCopy
from records.request_forms import CONDITIONS, SaidField, required
from records.requests.effects import copying
from records.requests.kinds import Kind, Way

Status = CustomerRequest.Status


class AnswerForm(forms.Form):
    """The answer, and for a transfer the four conditions, of which each must be met."""

    outcome = forms.ChoiceField(
        label=_("结果"),
        choices=[
            (Status.ANSWERED.value, _("按申请办理")),
            (Status.PARTLY.value, _("部分办理")),
        ],
        widget=forms.RadioSelect,
        initial=Status.ANSWERED.value,
    )
    text = SaidField(
        label=_("给客户的答复"),
        help_text=_("客户会原样看到；写清办了什么、没办什么、为什么"),
        error_messages=required(_("请写明答复")),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        way: Way,
        reachable: bool = True,
        handed: Callable[[str], datetime | None] = lambda _code: None,
    ) -> None:
        """`reachable`: a file can be handed to whoever asked. `handed`: when an export went, by its code."""
        super().__init__(data)
        self.way, self.handed = way, handed
        if way.kind in copying.KINDS and reachable:
            self.fields["formats"] = _formats_field(way.kind)
        if way.kind is Kind.PORTABILITY:
            self.fields["handover"] = _handover_field(reachable=reachable)
            self.fields["export"] = forms.CharField(
                label=_("导出编号"), max_length=16, required=False,
                help_text=_("只在经导出登记交付时填写；须已批准并由经手人取走"),
            )  # fmt: skip
            self.fields["conditions"] = forms.MultipleChoiceField(
                label=_("四项条件"),
                choices=CONDITIONS,
                widget=forms.CheckboxSelectMultiple,
                required=False,
                help_text=_("缺一项就不能转移，须写明理由不予办理"),
            )
            self.fields["fee"] = forms.CharField(
                label=_("费用说明"), max_length=100, required=False,
                help_text=_("请求次数明显超出合理范围的，可以按成本收取必要费用"),
            )  # fmt: skip
            self.order_fields(
                ["conditions", "handover", "formats", "export", "outcome", "text", "fee"]
            )

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        self._clean_handover(said)
        if "conditions" in self.fields and len(said.get("conditions", ())) < len(CONDITIONS):
            self.add_error(
                "conditions", _("四项条件没有全部符合，不能转移。请改为不予办理并写明理由")
            )
        return said

    def _clean_handover(self, said: dict[str, Any]) -> None:
        """To her a file, or to the insurer what the register says has gone."""
        if said.get("handover") == copying.TO_HER and not said.get("formats"):
            self.add_error("formats", _("请至少选一种格式"))
        if said.get("handover") == copying.BY_EXPORT:
            said["handed_on"] = self.handed(str(said.get("export", "")))
            if said["handed_on"] is None:
                self.add_error("export", _("没有这样一项已批准、已取走、含这位客户的对外导出"))

    @property
    def details(self) -> dict[str, Any]:
        said, found = self.cleaned_data, {}
        if "conditions" in said:
            found["conditions"] = list(said["conditions"])
        if said.get("handover") == copying.BY_EXPORT:
            day = clock.local(said["handed_on"]).date().isoformat()
            return {**found, "export": said["export"], "handed_on": day}
        if self.way.kind in copying.KINDS:
            found |= {"formats": list(said.get("formats", ())), "outcome": said["outcome"]}
        return found

    @property
    def words(self) -> str:
        fee = self.cleaned_data.get("fee")
        text = str(self.cleaned_data["text"])
        return text + "\n\n" + _("费用说明") + f"：{fee}" if fee else text


def _formats_field(kind: Kind) -> forms.MultipleChoiceField:
    """For a transfer what another program reads; else whatever is asked for, or words alone."""
    transfer = kind is Kind.PORTABILITY
    offered = [each for each in DataCopy.Format.choices if not transfer or each[0] != "pdf"]
    return forms.MultipleChoiceField(
        label=_("备哪些副本"),
        choices=offered,
        required=False,
        initial=list(copying.USUAL[kind]),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("由系统生成，本人在客户服务里下载；工作人员看不到内容")
        if transfer
        else _("由系统生成，本人在客户服务里下载；工作人员看不到内容。不选就只用文字答复"),
    )


def _handover_field(*, reachable: bool) -> forms.ChoiceField:
    by_export = (copying.BY_EXPORT, _("经导出登记已交给指定的公司"))
    to_her = (copying.TO_HER, _("交给本人，由本人转交"))
    return forms.ChoiceField(
        label=_("怎样转移"),
        choices=[to_her, by_export] if reachable else [by_export],
        widget=forms.RadioSelect,
        initial=copying.TO_HER if reachable else copying.BY_EXPORT,
        help_text=_("系统不自行发送。交给本人的文件写明转给哪家公司"),
        error_messages={"required": _("请选怎样转移")},
    )


class RefuseForm(forms.Form):
    reason = SaidField(
        label=_("不予办理的理由"),
        help_text=_("客户会原样看到；随后附上还可以向哪里反映"),
        error_messages=required(_("不予办理须写明理由")),
    )


class ExtendForm(forms.Form):
    """Only what the rule gives next."""

    extension = forms.ChoiceField(label=_("延期"), widget=forms.RadioSelect)
    reason = SaidField(
        label=_("延期的理由"), rows=3, help_text=_("客户会原样看到"),
        error_messages=required(_("延期须写明理由")),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, offered: Sequence[Extension]) -> None:
        super().__init__(data)
        field = self.fields["extension"]
        field.choices = [(each.code, _name(each)) for each in offered]  # type: ignore[attr-defined]
        field.choice_hints = {  # type: ignore[attr-defined]
            each.code: _("须由另一位合规官批准") for each in offered if each.approval
        }


def _name(extension: Extension) -> str:
    return extension.name_en if english() else extension.name


class PassOnForm(forms.Form):
    reason = forms.CharField(
        label=_("转交的理由"), max_length=200, help_text=_("封存在日志里；不要写客户资料"),
        error_messages={"required": _("请写明理由")},
    )  # fmt: skip
