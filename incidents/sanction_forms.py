"""What the group of a matter fills in; all of it that could name somebody is sealed as it is written."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.actors import Actor
from access.models import User
from access.vocabulary import Role
from incidents.case_forms import text_field
from incidents.cases.standing import worked_on
from incidents.models import (
    Incident,
    SanctionAnswer,
    SanctionCase,
    SanctionMember,
    SanctionPaper,
    SanctionRuling,
    SanctionSupervisor,
)
from incidents.sanctions import investigating, people, rules
from records.models import Intermediary

SEALED: Final = _("加密保存，只有工作组看得到；请勿写客户资料")
OUTSIDERS: Final = (Role.REGULATOR, Role.CUSTOMER, Role.PARTNER, Role.SYSTEM)


def words_field(label: Any, hint: Any = SEALED, *, required: bool = True, most: int = 4000) -> Any:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        required=required,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def acts_field() -> Any:
    return forms.MultipleChoiceField(
        label=_("行为"),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("四项禁止，可以多选"),
        error_messages={"required": _("请选择至少一种行为")},
    )


def _acts() -> list[tuple[str, str]]:
    return [(each.code, str(each)) for each in rules.book().acts.values()]


class OpenForm(forms.Form):
    use_required_attribute = False
    person = forms.ModelChoiceField(
        label=_("本公司人员"), queryset=User.objects.none(), to_field_name="ref", required=False
    )
    kind = forms.ChoiceField(
        label=_("合同种类"),
        choices=[("employee", _("劳动合同")), ("agent", _("代理合同"))],
        help_text=_("只对本公司人员"),
    )
    intermediary = forms.ModelChoiceField(
        label=_("中介机构"), queryset=Intermediary.objects.none(), to_field_name="code",
        required=False, help_text=_("本人不是本公司人员时选择，并填写姓名"),
    )  # fmt: skip
    name = text_field(_("姓名"), _("只对中介机构人员；加密保存"), most=60, required=False)
    id_number = text_field(
        _("证件号码"),
        _("可以在调查中补登；加密保存，15 位旧号码按 18 位登记"),
        most=40,
        required=False,
    )
    acts = acts_field()
    summary = words_field(_("事由"))
    incident = forms.ModelChoiceField(
        label=_("来自哪个事件"), queryset=Incident.objects.none(), to_field_name="code",
        required=False, help_text=_("只列出您办理的事件"),
    )  # fmt: skip

    def __init__(self, actor: Actor, data: Any = None) -> None:
        super().__init__(data)
        fields: dict[str, Any] = self.fields
        people_ = User.objects.exclude(role__in=OUTSIDERS).exclude(pk=actor.id or 0)
        fields["person"].queryset = people_.order_by("staff_no")
        fields["person"].empty_label = _("不是本公司人员")
        fields["intermediary"].queryset = Intermediary.objects.order_by("code")
        fields["intermediary"].empty_label = _("不涉及")
        fields["incident"].queryset = worked_on(actor)
        fields["incident"].empty_label = _("不来自某个事件")
        fields["incident"].label_from_instance = lambda row: f"{row.code} {row.title}"
        fields["acts"].choices = _acts()


class MatterForm(forms.Form):
    use_required_attribute = False
    act = ""

    def __init__(self, matter: SanctionCase, data: Any = None) -> None:
        super().__init__(data)
        self.matter = matter
        self.auto_id = f"{self.act}-%s"
        self.fill()

    def fill(self) -> None:
        """Choices that depend on the matter."""

    def choose(self, name: str, rows: list[User]) -> None:
        field: Any = self.fields[name]
        found = User.objects.filter(pk__in=[each.pk for each in rows])
        field.queryset = found.select_related("unit").order_by("staff_no")
        field.empty_label = _("请选择")


def _person(label: Any) -> Any:
    return forms.ModelChoiceField(
        label=label,
        queryset=User.objects.none(),
        to_field_name="ref",
        error_messages={"required": _("请选择人员"), "invalid_choice": _("请从列表中选择")},
    )


class NoteForm(MatterForm):
    act = "note"
    text = words_field(_("查了什么、查到什么"))


class EvidenceForm(MatterForm):
    act = "evidence"
    text = words_field(
        _("证据在哪里、证明什么"), _("例如：事件证据的指纹、日志条目的序号；加密保存")
    )


class ActsForm(MatterForm):
    act = "acts"
    acts = acts_field()
    why = words_field(_("理由"))

    def fill(self) -> None:
        field: Any = self.fields["acts"]
        field.choices, field.initial = _acts(), list(self.matter.acts)


class IdentityForm(MatterForm):
    act = "identity"
    id_number = text_field(_("证件号码"), _("加密保存，15 位旧号码按 18 位登记"), most=40)


class SuperiorForm(MatterForm):
    act = "superior"
    person = _person(_("上级"))
    verdict = forms.ChoiceField(label=_("认定"), choices=SanctionSupervisor.Verdict)
    why = words_field(_("理由"))

    def fill(self) -> None:
        self.choose("person", investigating.superiors(self.matter))


class FindingsForm(MatterForm):
    act = "findings"
    zh = words_field(_("调查结果（中文）"), _("原样写入告知书；请勿写客户资料"))
    en = words_field(_("调查结果（英文）"), _("可以不填，英文页注明只有中文"), required=False)


class ServeForm(MatterForm):
    act = "serve"
    paper = forms.ModelChoiceField(
        label=_("函件"), queryset=SanctionPaper.objects.none(), to_field_name="ref",
        error_messages={"required": _("请选择函件"), "invalid_choice": _("请从列表中选择")},
    )  # fmt: skip
    on = forms.DateField(
        label=_("送达日期"),
        help_text=_("例如 2026-12-31"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={
            "invalid": _("日期无法识别，请写成 2026-12-31"),
            "required": _("请填写日期"),
        },
    )
    how = forms.ChoiceField(label=_("送达方式"), choices=SanctionPaper.How)
    note = words_field(_("凭据"), _("签收人、快递单号等；加密保存"), required=False, most=300)

    def fill(self) -> None:
        field: Any = self.fields["paper"]
        field.queryset = self.matter.papers.filter(served_on=None)
        field.label_from_instance = lambda row: row.get_kind_display()
        field.empty_label = _("请选择")


class RecordForm(MatterForm):
    act = "record"
    kind = forms.ChoiceField(label=_("是什么"), choices=SanctionAnswer.Kind)
    text = words_field(_("本人说了什么"), required=False)


class HeardForm(MatterForm):
    act = "heard"
    outcome = forms.ChoiceField(label=_("申辩结果"), choices=SanctionCase.Heard)
    minutes = words_field(_("笔录"), _("谁参加、说了什么；加密保存"), required=False)


class DecideForm(MatterForm):
    act = "decide"
    measures = forms.MultipleChoiceField(
        label=_("处理"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选择处理")},
    )
    zh = words_field(_("理由（中文）"), _("原样写入决定书；请勿写客户资料"))
    en = words_field(_("理由（英文）"), _("可以不填，英文页注明只有中文"), required=False)

    def fill(self) -> None:
        field: Any = self.fields["measures"]
        found = rules.applicable(self.matter.kind, self.matter.acts)
        field.choices = [(each.code, str(each)) for each in found]


class SettleForm(DecideForm):
    act = "settle"
    outcome = forms.ChoiceField(label=_("申诉结果"), choices=SanctionRuling.Outcome)
    field_order = ("outcome", "measures", "zh", "en")

    def fill(self) -> None:
        super().fill()
        self.fields["measures"].required = False
        self.fields["measures"].label = _("变更后的处理")
        self.fields["measures"].help_text = _("只在变更时选择")


class WithdrawForm(MatterForm):
    act = "withdraw"


class JoinForm(MatterForm):
    act = "join"
    person = _person(_("人员"))
    part = forms.ChoiceField(
        label=_("角色"), choices=SanctionMember.Part, initial=SanctionMember.Part.MEMBER
    )

    def fill(self) -> None:
        self.choose("person", people.may_join(self.matter))


class LeaveForm(MatterForm):
    act = "leave"
    member = forms.ChoiceField(widget=forms.HiddenInput)

    def fill(self) -> None:
        self.known = {str(each.pk): each for each in people.group(self.matter)}
        field: Any = self.fields["member"]
        field.choices = [(each, each) for each in self.known]

    def clean_member(self) -> SanctionMember:
        return self.known[self.cleaned_data["member"]]


class CloseForm(MatterForm):
    act = "close"
    note = words_field(_("结案意见"), required=False, most=1000)


class AnswerForm(forms.Form):
    """The person's own, on a letter that was served on him."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=pgettext_lazy("追究", "您要做什么"), widget=forms.RadioSelect)
    text = words_field(
        _("您的陈述"), _("加密保存，只有办理人员看得到；放弃时可以不写"), required=False
    )

    def __init__(self, kinds: Any, data: Any = None) -> None:
        super().__init__(data)
        field: Any = self.fields["kind"]
        field.choices = [(each.value, each.label) for each in kinds]
        field.initial = kinds[0].value
