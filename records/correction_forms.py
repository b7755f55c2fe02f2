"""Forms of corrections: which element, its right value, a paper, a code, the reason of a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from custodian import elements
from records import words
from records.corrections import drafting, groups
from records.corrections.contacts import Contact
from records.corrections.groups import Group
from records.desk_forms import CodeInput
from records.evidence import EvidenceRefused
from records.evidence.upload import EvidenceUpload
from records.importing.drafts import Flaw
from records.models import Correction

LONGEST: Final = 200
ACCEPTED: Final = "image/jpeg,image/png,application/pdf,.jpg,.jpeg,.png,.pdf"
_NEW: Final = "new"
HINTS: Final[Mapping[str, Any]] = {
    "identity.address": _("写到门牌号，例如：江苏省徐州市鼓楼区民主北路 18 号 2 幢 601 室"),
    "identity.birth_date": _("例如 1986-04-18"),
    "identity.email": _("例如 name@example.com"),
    "identity.id_number": _("居民身份证 18 位，最后一位可以是 X"),
    "identity.id_valid_until": _("例如 2036-05-20，或“长期”"),
    "identity.landline": _("例如 0516-12345678"),
    "identity.mobile": _("11 位数字"),
    "financial.bank_account": _("可以带空格"),
    "financial.income": _("一年的收入，单位元，例如 120000"),
}
_REQUIRED: Final = _("请填写%(label)s")


def _quiet(**more: str) -> dict[str, str]:
    """Nothing that is typed here is remembered, corrected or sent to a spelling service."""
    quiet = {"autocomplete": "off", "autocapitalize": "off", "spellcheck": "false"}
    return {**quiet, "autocorrect": "off", **more}


class GroupForm(forms.Form):
    """`group` is the code of a group, and of the accounts `account:1` or `account:new`."""

    group = forms.ChoiceField(
        label=_("哪一项需要更正"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("请选择要更正的项目"),
            "invalid_choice": _("请从列出的项目中选择"),
        },
    )

    def __init__(
        self, *args: Any, kind: str, slots: Sequence[int], hints: bool = True, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["group"]
        chosen.choices = list(_choices(kind, slots))
        if hints:
            chosen.choice_hints = {
                code: _("须您用两种方式确认")
                for code, _label in chosen.choices
                if groups.GROUPS[code.partition(":")[0]].two_ways
            }

    @property
    def chosen(self) -> tuple[Group, str]:
        """The group, and of the accounts which one."""
        code, _colon, slot = str(self.cleaned_data["group"]).partition(":")
        return groups.GROUPS[code], slot


def _choices(kind: str, slots: Sequence[int]) -> Any:
    for group in groups.of_kind(kind):
        if not group.of_account:
            yield group.code, group.label
            continue
        for slot in slots:
            label = group.label if len(slots) == 1 else _("收付费账户（%(slot)s）") % {"slot": slot}
            yield f"{group.code}:{slot}", label
        yield f"{group.code}:{_NEW}", _("添加一个收付费账户")


class ValueForm(forms.Form):
    """One field for each element of a group; what is left empty stays as it is."""

    def __init__(self, *args: Any, group: Group, completes: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.group = group
        several = len(group.elements) > 1
        for code in group.elements:
            self.fields[name_of(code)] = _field(code, required=not several or completes)
        self.fields["note"] = forms.CharField(
            label=_("补充说明"),
            required=False,
            max_length=drafting.LONGEST_NOTE,
            widget=forms.Textarea(attrs=_quiet(rows="2")),
            help_text=_("例如为什么不一致；加密保存"),
            error_messages={"max_length": _("说明最多 400 字，请精简")},
        )

    @property
    def written(self) -> dict[str, str]:
        """What was typed, by element."""
        return {
            code: str(self.cleaned_data.get(name_of(code)) or "") for code in self.group.elements
        }

    @property
    def note(self) -> str:
        return str(self.cleaned_data.get("note") or "")

    def show(self, flaws: Sequence[Flaw]) -> None:
        """What the checks found, at the field that it is about."""
        for flaw in flaws:
            name = name_of(flaw.target) if flaw.target in self.group.elements else None
            if flaw.problem.hard and (name is None or name not in self.errors):
                self.add_error(name, str(flaw.problem.message))


def name_of(code: str | None) -> str:
    return (code or "").partition(".")[2]


def _field(code: str, *, required: bool) -> forms.Field:
    label = elements.get(code).label
    coded = {"identity.sex": words.SEX, "identity.id_type": words.ID_TYPES}.get(code)
    if coded is not None:
        return forms.ChoiceField(
            label=label,
            choices=[("", _("请选择")), *coded.items()],
            required=required,
            error_messages={"required": _("请选择%(label)s") % {"label": label}},
        )
    inputs = {"identity.mobile": "tel", "identity.landline": "tel", "identity.email": "email"}
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        help_text=HINTS.get(code, ""),
        error_messages={
            "required": _REQUIRED % {"label": label},
            "max_length": _("内容过长，请核对"),
        },
        widget=forms.TextInput(attrs=_quiet(inputmode=inputs.get(code, "text"))),
    )


class PaperForm(forms.Form):
    """A photo or PDF. What is wrong with it stands beside it in words that say what to do."""

    paper = forms.FileField(
        label=_("拍照或选择文件"),
        required=False,
        allow_empty_file=True,
        help_text=_("JPG、PNG、PDF，不超过 10 MB。材料加密保存，只给复核人看"),
        widget=forms.FileInput(attrs={"accept": ACCEPTED}),
        error_messages={
            "required": _("请拍照或选择一个文件"),
            "invalid": _("请拍照或选择一个文件"),
        },
    )

    def __init__(self, *args: Any, needed: bool, label: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].required = needed
        if label:
            self.fields["paper"].label = label

    @property
    def upload(self) -> EvidenceUpload | None:
        found = self.cleaned_data.get("paper")
        return found if isinstance(found, EvidenceUpload) else None

    def clean_paper(self) -> Any:
        found = self.cleaned_data["paper"]
        if isinstance(found, EvidenceUpload) and found.too_large:
            raise forms.ValidationError(str(EvidenceRefused("size").message))
        return found

    def refuse(self, error: EvidenceRefused) -> None:
        self.add_error("paper", str(error.message))


class CodeForm(forms.Form):
    code = forms.CharField(
        label=_("验证码"),
        max_length=20,
        help_text=_("6 位数字，10 分钟内有效"),
        widget=CodeInput(),
        error_messages={"required": _("请填写收到的验证码"), "max_length": _("验证码过长，请核对")},
    )


class ContactForm(forms.Form):
    """To which of the contacts that are fit a code is to go."""

    contact = forms.ChoiceField(
        label=_("验证码发到哪里"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("请选择验证码发到哪里"),
            "invalid_choice": _("请从列出的联系方式中选择"),
        },
    )

    def __init__(self, *args: Any, contacts: Sequence[tuple[Contact, Any]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        chosen: Any = self.fields["contact"]
        chosen.choices = [(each.element, label) for each, label in contacts]
        if len(contacts) == 1:
            chosen.initial = contacts[0][0].element


def _refusals() -> list[tuple[str, Any]]:
    """Those that a person can give; that something is gone the product finds by itself."""
    given = Correction.Refusal.choices
    return [(code, label) for code, label in given if code != Correction.Refusal.GONE]


class RefuseForm(forms.Form):
    because = forms.ChoiceField(
        label=_("不予更正的理由"),
        choices=[("", _("请选择")), *_refusals()],
        error_messages={"required": _("请选择理由")},
    )
    words = forms.CharField(
        label=_("给客户的说明"),
        max_length=400,
        widget=forms.Textarea(attrs=_quiet(rows="3")),
        help_text=_("写明哪里不符、怎么补；客户看得到，加密保存"),
        error_messages={
            "required": _("请写给客户的说明"),
            "max_length": _("说明最多 400 字，请精简"),
        },
    )


class BranchForm(forms.Form):
    """That the customer is here, and that her document was looked at."""

    seen = forms.BooleanField(
        label=_("客户本人在柜面，已核对其有效证件原件，并当面读过改前改后的内容"),
        error_messages={"required": _("请核对客户证件原件后勾选")},
    )
