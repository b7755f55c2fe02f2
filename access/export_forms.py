"""What is filled in to ask for an export, at the desk and in the back office alike."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from access import policy, step_up
from access.action_roles import ROLES
from access.actions import Action
from access.actors import Actor
from access.exports import builders, requests
from access.exports.approving import element_words
from access.exports.requests import MOST_NAMED, By, Recipient, Selection, Terms
from access.models import Export, Unit, User
from access.models.rules import CLASSES
from access.reasons import sentence
from access.step_up import TooManyCodes
from access.vocabulary import Purpose, Reach
from custodian import elements

SELF, STAFF, OUTSIDE = "self", "staff", "outside"
_KINDS = [
    (SELF, _("本人")),
    (STAFF, _("本公司另一人")),
    (OUTSIDE, _("公司外部")),
]
# Which rules of selection make sense for how far somebody reaches.
_BY = {
    Reach.OWN: (By.OWN, By.LIST),
    Reach.UNIT: (By.UNIT, By.LIST),
    Reach.ALL: (By.UNIT, By.LIST),
}
BODY = (
    *("by", "unit", "customers", "identity", "financial", "policy", "purpose", "recipient"),
    *("staff_no", "outside_name", "outside_office", "outside_purpose", "format", "reason", "code"),
)


class CodeInput(forms.TextInput):
    """A code is typed anew each time; it never comes back in a page."""

    def __init__(self) -> None:
        super().__init__(attrs={"autocomplete": "one-time-code", "inputmode": "numeric"})

    def format_value(self, value: Any) -> None:
        return None


class ExportForm(forms.Form):
    by = forms.ChoiceField(
        label=_("选取客户"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("请选择导出哪些客户"),
            "invalid_choice": _("请从列出的选项中选择"),
        },
    )
    unit = forms.ModelChoiceField(
        label=_("机构"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("请选择"),
        help_text=_("含下级机构；选“一个机构的客户”时填"),
        to_field_name="code",
    )
    customers = forms.CharField(
        label=_("客户编号"),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("例如 c-7K2M-41PD-9QX；最多 200 个，用空格或换行分开"),
    )
    identity = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    financial = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    policy = forms.MultipleChoiceField(required=False, widget=forms.CheckboxSelectMultiple)
    purpose = forms.ChoiceField(
        label=_("用途"),
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择用途")},
    )
    recipient = forms.ChoiceField(
        label=_("接收人"),
        widget=forms.RadioSelect,
        choices=_KINDS,
        initial=SELF,
        error_messages={"required": _("请选择接收人")},
    )
    staff_no = forms.CharField(
        label=_("接收人工号"), required=False, max_length=20, help_text=_("由此人登录下载")
    )
    outside_name = forms.CharField(
        label=_("外部接收人姓名"),
        required=False,
        max_length=60,
        help_text=_("由您下载后交付；文件带有此人的名字"),
    )
    outside_office = forms.CharField(label=_("接收单位"), required=False, max_length=80)
    outside_purpose = forms.CharField(label=_("对方用途"), required=False, max_length=120)
    format = forms.ChoiceField(
        label=_("格式"), widget=forms.RadioSelect, choices=Export.Format, initial="csv"
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("复核的人会看到；不要写客户资料"),
        error_messages={"required": _("请写明理由")},
    )
    code = forms.CharField(
        label=_("二次验证码"),
        required=False,
        max_length=12,
        help_text=_("批量导出必须二次验证：身份验证器上现在显示的 6 位数字"),
        error_messages={"required": _("请填身份验证器上现在显示的 6 位数字")},
    )

    def __init__(self, data: Any = None, *, channel: str, actor: Actor) -> None:
        super().__init__(data)
        self.actor, self.channel = actor, channel
        labels = dict(By.choices)
        offered = _BY.get(actor.reach, (By.LIST,))
        self._offer("by", [(each.value, labels[each]) for each in offered])
        self.fields["by"].initial = offered[0].value
        if By.UNIT in offered:
            units = Unit.objects.order_by("path")
            mine = units.filter(pk__in=actor.unit_ids) if actor.reach is Reach.UNIT else units
            self.fields["unit"].queryset = mine  # type: ignore[attr-defined]
        else:
            del self.fields["unit"]
        self._offer_elements()
        self._offer_purposes()
        if actor.stepped_up:
            self.fields["code"].widget = forms.HiddenInput()
        else:
            self.fields["code"].widget = CodeInput()
            self.fields["code"].required = True

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def _offer_elements(self) -> None:
        """Those that the role may see at all, class by class."""
        rules = _rules(self.actor, self.channel)
        most = {rule.element_class: 0 for rule in rules}
        for rule in rules:
            most[rule.element_class] = max(most[rule.element_class], rule.max_level)
        for name, label in CLASSES:
            codes = [
                code
                for code in builders.of(requests.BUILDER).elements
                if elements.get(code).cls == name and elements.get(code).level <= most.get(name, 0)
            ]
            if codes:
                self.fields[name].label = label
                self._offer(name, [(code, element_words(code)) for code in codes])
            else:
                del self.fields[name]

    def _offer_purposes(self) -> None:
        reached: dict[str, dict[str, int]] = {}
        for rule in _rules(self.actor, self.channel):
            spans = reached.setdefault(rule.purpose, {})
            spans[rule.element_class] = max(spans.get(rule.element_class, 0), rule.max_level)
        self._offer("purpose", [each for each in Purpose.choices if each[0] in reached])
        classes = dict(CLASSES)
        self.fields["purpose"].choice_hints = {  # type: ignore[attr-defined]
            purpose: " · ".join(f"{classes[name]} ≤ L{level}" for name, level in spans.items())
            for purpose, spans in reached.items()
        }

    def clean_customers(self) -> list[str]:
        words = [
            each for each in re.split(r"[\s,，、;；]+", self.cleaned_data["customers"]) if each
        ]
        read = builders.of(requests.BUILDER).canonical
        known = {each: read(each) for each in dict.fromkeys(words)}
        if wrong := [each for each, ref in known.items() if ref is None]:
            raise forms.ValidationError(
                _("编号写得不对：%(ref)s。请逐字核对"), params={"ref": wrong[0][:20]}
            )
        if len(known) > MOST_NAMED:
            raise forms.ValidationError(_("一次最多 200 个"))
        return [ref for ref in known.values() if ref]

    def clean_staff_no(self) -> User | None:
        number = self.cleaned_data["staff_no"].strip()
        if not number or self.data.get("recipient") != STAFF:
            return None
        people = User.objects.filter(is_active=True, role__in=ROLES[Action.EXPORT_TAKE])
        found = people.filter(staff_no__iexact=number).first()
        if found is None:
            raise forms.ValidationError(_("没有这个工号，或此人的岗位不能接收客户资料"))
        return found

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        self._clean_selection(said)
        self._clean_recipient(said)
        if not self.codes and not {"identity", "financial", "policy"} & set(self.errors):
            self.add_error("identity", _("请至少选一个信息项"))
        if not self.errors:
            self._clean_elements(said)
        return said

    def _clean_selection(self, said: dict[str, Any]) -> None:
        if said.get("by") == By.UNIT and not said.get("unit") and "unit" not in self.errors:
            self.add_error("unit", _("请选择机构"))
        named = said.get("customers")
        if said.get("by") == By.LIST and not named and "customers" not in self.errors:
            self.add_error("customers", _("请写明客户编号"))

    def _clean_recipient(self, said: dict[str, Any]) -> None:
        kind = said.get("recipient")
        if kind == STAFF and not said.get("staff_no") and "staff_no" not in self.errors:
            self.add_error("staff_no", _("请填接收人的工号"))
        for name in ("outside_name", "outside_office", "outside_purpose"):
            if kind == OUTSIDE and not said.get(name) and name not in self.errors:
                self.add_error(name, _("交给公司外部时必填"))

    def _clean_elements(self, said: dict[str, Any]) -> None:
        refused = requests.refused_elements(
            self.codes,
            purpose=said["purpose"],
            by=said["by"],
            channel=self.channel,
            actor=replace(self.actor, stepped_up=True),
        )
        for code, because in refused.items():
            words = {"what": elements.get(code).label, "why": sentence(because)}
            self.add_error(elements.get(code).cls.value, _("%(what)s：%(why)s") % words)

    @property
    def codes(self) -> list[str]:
        said = self.cleaned_data
        return [code for name in ("identity", "financial", "policy") for code in said.get(name, [])]

    def terms(self) -> Terms:
        said = self.cleaned_data
        return Terms(
            elements=self.codes,
            purpose=said["purpose"],
            reason=said["reason"],
            selection=Selection(
                by=said["by"],
                unit=said.get("unit") if said["by"] == By.UNIT else None,
                customers=said["customers"] if said["by"] == By.LIST else (),
            ),
            recipient=self._recipient(said),
            format=said["format"],
            language=get_language() or "zh-hans",
        )

    def _recipient(self, said: dict[str, Any]) -> Recipient:
        if said["recipient"] == OUTSIDE:
            return Recipient(
                name=said["outside_name"],
                office=said["outside_office"],
                purpose=said["outside_purpose"],
            )
        if said["recipient"] == STAFF:
            return Recipient(person=said["staff_no"])
        return Recipient(person=User.objects.get(pk=self.actor.id or 0))


def submitted(request: HttpRequest, form: ExportForm) -> Export | None:
    """What a form asks for; None when it cannot, and the form then says why. Nothing typed is lost."""
    if not form.is_valid():
        return None
    actor = form.actor if form.actor.stepped_up else _stepped_up(request, form)
    if actor is None:
        return None
    try:
        return requests.request(form.terms(), channel=form.channel, actor=actor)
    except (requests.TooMany, requests.Nobody) as error:
        form.fields["code"].widget = forms.HiddenInput()
        form.fields["code"].required = False
        form.add_error("by", str(error.message))
        return None


def _stepped_up(request: HttpRequest, form: ExportForm) -> Actor | None:
    """The same person after a second factor; a code is good once, so the rest is checked before."""
    try:
        proven = step_up.verify(request, form.cleaned_data["code"])
    except TooManyCodes as error:
        form.add_error("code", str(error.message))
        return None
    if not proven:
        form.add_error("code", _("验证码不符或已过期，请输入验证器上现在的 6 位数字"))
        return None
    actor: Actor = request.actor  # type: ignore[attr-defined]
    return actor


def _rules(actor: Actor, channel: str) -> Sequence[policy.Rule]:
    rules = policy.rules_of(actor.role)
    return [rule for rule in rules if not rule.channel or rule.channel == channel]
