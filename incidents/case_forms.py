"""What the working group fills in about its case; nobody writes customers' data into any of it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import User
from custodian import clock
from incidents.cases import group, links
from incidents.models import Incident, IncidentTask, Kind, Member

NO_DATA: Final = _("一句话，请勿写客户资料；涉及的客户用编号关联")
WRITTEN: Final = ["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M", "%Y-%m-%d"]


class MomentField(forms.DateTimeField):
    """As people write it, in the office's time."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            input_formats=WRITTEN,
            widget=forms.TextInput(attrs={"autocomplete": "off"}),
            error_messages={
                "invalid": _("时间无法识别，请写成 2026-12-31 14:20"),
                "required": _("请填写时间"),
            },
            **kwargs,
        )

    def clean(self, value: Any) -> datetime | None:
        moment: datetime | None = super().clean(value)
        if moment is not None and timezone.is_naive(moment):
            return timezone.make_aware(moment)
        return moment


def text_field(label: Any, hint: Any = NO_DATA, *, most: int = 200, required: bool = True) -> Any:
    return forms.CharField(
        label=label,
        help_text=hint,
        max_length=most,
        required=required,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )


class OpenForm(forms.Form):
    """A case, from an alert or of its own."""

    use_required_attribute = False
    kind = forms.ChoiceField(label=_("类型"), choices=Kind)
    title = text_field(_("事由"), _("例如：徐州名单外泄；请勿写客户资料"), most=100)
    aware_at = MomentField(
        label=_("知悉时间"), help_text=_("公司何时知道的，例如 2026-12-01 14:20")
    )
    occurred_at = MomentField(
        label=_("发生时间"), required=False, help_text=_("查明后再填也可以；不清楚就留空")
    )

    def __init__(self, data: Any = None, *, aware_at: datetime | None = None) -> None:
        super().__init__(data, initial={"aware_at": shown(aware_at or clock.now())})


class CaseForm(forms.Form):
    use_required_attribute = False
    prefix: str

    def __init__(self, incident: Incident, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        self.incident = incident
        self.auto_id = f"{self.act}-%s"
        self.fill()

    act = ""

    def fill(self) -> None:
        """Choices that depend on the case."""

    def choose(self, name: str, people: list[User], *, empty: Any = None) -> None:
        field: Any = self.fields[name]
        field.queryset = (
            User.objects.filter(pk__in=[each.pk for each in people])
            .select_related("unit")
            .order_by("staff_no")
        )
        field.empty_label = empty


def _person(label: Any, *, required: bool = True) -> Any:
    return forms.ModelChoiceField(
        label=label,
        queryset=User.objects.none(),
        to_field_name="ref",
        required=required,
        error_messages={"required": _("请选择人员"), "invalid_choice": _("请从列表中选择")},
    )


class NoteForm(CaseForm):
    act = "note"
    text = forms.CharField(
        label=_("发生了什么、做了什么"),
        max_length=1000,
        help_text=_("请勿写客户资料；涉及的客户用编号关联"),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("请写明发生了什么")},
    )
    at = MomentField(
        label=_("何时"), required=False, help_text=_("不填为现在，例如 2026-12-01 14:20")
    )


class TaskForm(CaseForm):
    act = "task"
    title = text_field(_("要做什么"), most=120)
    owner = _person(_("负责人"), required=False)
    due_at = MomentField(label=_("期限"), required=False, help_text=_("例如 2026-12-31 18:00"))

    def fill(self) -> None:
        self.choose("owner", members(self.incident), empty=_("暂不指定"))


class SettleForm(CaseForm):
    """Of one task, which its number names."""

    act = "settle"
    task = forms.ModelChoiceField(queryset=IncidentTask.objects.none(), widget=forms.HiddenInput)
    status = forms.ChoiceField(
        label=_("结果"),
        choices=[each for each in IncidentTask.Status.choices if each[0] != "open"],
    )
    note = text_field(
        _("说明"), _("怎样办的；不需要时写明理由。请勿写客户资料"), most=300, required=False
    )

    def fill(self) -> None:
        field: Any = self.fields["task"]
        field.queryset = self.incident.tasks.all()


class GiveForm(CaseForm):
    act = "give"
    task = forms.ModelChoiceField(queryset=IncidentTask.objects.none(), widget=forms.HiddenInput)
    owner = _person(_("负责人"), required=False)

    def fill(self) -> None:
        field: Any = self.fields["task"]
        field.queryset = self.incident.tasks.all()
        self.choose("owner", members(self.incident), empty=_("暂不指定"))


class JoinForm(CaseForm):
    act = "join"
    person = _person(_("人员"))
    part = forms.ChoiceField(label=_("角色"), choices=Member.Part, initial=Member.Part.MEMBER)

    def fill(self) -> None:
        self.choose("person", group.may_join(self.incident), empty=_("请选择"))


class LeaveForm(CaseForm):
    act = "leave"
    member = forms.ModelChoiceField(queryset=Member.objects.none(), widget=forms.HiddenInput)

    def fill(self) -> None:
        field: Any = self.fields["member"]
        field.queryset = self.incident.members.now()


class EvidenceForm(CaseForm):
    """A file, or a thing that is kept elsewhere and only described here."""

    act = "evidence"
    name = text_field(_("是什么"), _("例如：聊天截图、门禁记录；请勿写客户资料"), most=100)
    origin = text_field(_("从哪里来"), _("谁交来的、怎样取得的"))
    file = forms.FileField(
        label=_("文件"), required=False, help_text=_("不超过 10 MB，按原样加密保存；更大的另行存放")
    )
    place = text_field(
        _("存放处"), _("文件或实物不在本系统时填写，例如：保险柜 3 号"), most=100, required=False
    )
    sha256 = text_field(_("指纹"), _("另行存放的文件的 sha256，64 个字符"), most=64, required=False)

    def clean_sha256(self) -> str:
        said: str = self.cleaned_data["sha256"].strip().lower()
        if said and (len(said) != 64 or set(said) - set("0123456789abcdef")):
            raise forms.ValidationError(_("指纹应为 64 个十六进制字符，请核对"))
        return said

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        upload = said.get("file")
        if upload is not None and upload.too_large:
            self.add_error("file", _("文件超过 10 MB，请另行存放并在这里登记存放处和指纹"))
        elif (upload is None) == (not said.get("place")):
            self.add_error("file", _("请选择文件，或填写存放处，两者取一"))
        return said


class HandForm(CaseForm):
    act = "hand"
    evidence = forms.ModelChoiceField(
        queryset=Incident.objects.none(), to_field_name="ref", widget=forms.HiddenInput
    )
    to = text_field(_("交给谁"), _("单位和姓名"), most=100)
    note = text_field(_("说明"), _("原件还是副本、凭什么文书"), required=False)

    def fill(self) -> None:
        field: Any = self.fields["evidence"]
        field.queryset = self.incident.evidence.all()


class LinkForm(CaseForm):
    act = "link"
    thing = forms.ChoiceField(label=_("关联什么"), choices=list(links.LABELS.items()))
    number = text_field(
        _("编号"), _("客户编号、工号、合作方编号、转让编号、导出编号或溯源编号"), most=40
    )
    why = text_field(_("说明"), required=False)


def members(incident: Incident) -> list[User]:
    return [each.user for each in incident.members.now().select_related("user")]


def shown(at: datetime | None) -> str:
    return f"{clock.local(at):%Y-%m-%d %H:%M}" if at else ""
