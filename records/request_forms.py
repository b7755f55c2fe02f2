"""What is filled in about requests: by customers in the portal, and by whoever handles them."""

from __future__ import annotations

import re
import unicodedata
import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.law.words import english
from custodian import clock
from custodian.regimes.clocks import Extension
from records.consents import asking
from records.models import CustomerRequest, Representative
from records.requests import clocks, kinds
from records.requests.customers_side import SCORES
from records.requests.effects.limiting import KINDS
from records.requests.kinds import Kind, Way
from records.requests.texts import LONGEST
from records.retention.telling import KINDS as KIND_WORDS

_LINES: Final = re.compile(r"\r\n?|\u2028|\u2029")
_KEPT: Final = frozenset("\n\t")


class SaidField(forms.CharField):
    """Words as somebody typed them: line ends of one kind, and nothing that moves other words about."""

    def __init__(self, *, rows: int = 5, **more: Any) -> None:
        more.setdefault("max_length", LONGEST)
        attrs = {"rows": rows, "autocomplete": "off"}
        super().__init__(widget=forms.Textarea(attrs=attrs), **more)

    def to_python(self, value: Any) -> str:
        text = super().to_python(_LINES.sub("\n", value) if isinstance(value, str) else value)
        # Control and format characters turn text about, or end a line in a log.
        return "".join(
            each
            for each in text or ""
            if each in _KEPT or unicodedata.category(each) not in {"Cc", "Cf", "Cs"}
        )


def required(said: Any) -> dict[str, Any]:
    return {"required": said, "max_length": _("最多 %(n)s 字，请精简") % {"n": LONGEST}}


class AskForm(forms.Form):
    """A new request in the portal, of one kind; everything else about it is known from the session."""

    form = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(
        self,
        data: Any = None,
        *,
        way: Way,
        consents: Sequence[tuple[str, Any]] = (),
        text: str = "",
    ) -> None:
        super().__init__(data, initial={"form": uuid.uuid4(), "text": text})
        self.way = way
        if way.about == "consents" and consents:
            self.fields["consents"] = _consents_field(consents)
        if way.about == "kinds":
            self.fields["kinds"] = _kinds_field()
        if way.about == "purpose":
            self.fields["purpose"] = _purpose_field()
        if way.about == "insurer":
            self.fields["insurer"] = forms.CharField(
                label=_("转给哪家公司"), max_length=100, help_text=_("请写公司全称"),
                error_messages={"required": _("请写明转给哪家公司")},
            )  # fmt: skip
        self.fields["text"] = SaidField(
            label=way.question,
            required=way.needs_text,
            help_text=_("加密保存，只有办理的人能看。请不要写密码和验证码"),
            error_messages=required(_("请写几句，我们才知道怎么办")),
        )

    @property
    def about(self) -> str:
        return str(self.cleaned_data.get("purpose", ""))

    @property
    def details(self) -> dict[str, Any]:
        ticked = {name: self.cleaned_data.get(name) for name in ("kinds", "consents")}
        return {name: list(codes) for name, codes in ticked.items() if codes}


def _kinds_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("限制哪些资料"),
        choices=[(kind, KIND_WORDS[kind]) for kind in KINDS],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("限制身份信息时，办理保全、理赔前须先由您解除"),
        error_messages={"required": _("请至少选一类资料")},
    )


def _consents_field(consents: Sequence[tuple[str, Any]]) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("撤回哪些同意"),
        choices=list(consents),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("一项也不选，就是撤回给过的全部同意"),
    )


def _purpose_field() -> forms.ChoiceField:
    return forms.ChoiceField(
        label=_("不同意哪项用途"),
        choices=[(each.value, each.label) for each in kinds.OBJECTABLE],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项用途")},
    )


class MessageForm(forms.Form):
    text = SaidField(label=_("补充说明"), rows=4, error_messages=required(_("请写下要补充的内容")))


class RateForm(forms.Form):
    score = forms.TypedChoiceField(
        label=_("您对这次答复满意吗"),
        choices=[
            (5, _("5 很满意")), (4, _("4 满意")), (3, _("3 一般")), (2, _("2 不满意")),
            (1, _("1 很不满意")),
        ],
        coerce=int,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一个分数")},
    )  # fmt: skip
    comment = SaidField(label=_("还想说的"), rows=3, required=False)

    def clean_score(self) -> int:
        score = int(self.cleaned_data["score"])
        if score not in SCORES:
            raise forms.ValidationError(_("请选一个分数"))
        return score


class IntakeForm(forms.Form):
    """A request that came by paper, telephone or at the counter, entered by the service desk."""

    kind = forms.ChoiceField(
        label=pgettext_lazy("客户申请", "申请什么"),
        choices=[
            ("", _("请选择")),
            *(
                (way.kind.value, way.kind.label)
                for way in kinds.WAYS.values()
                if way.kind is not Kind.LOOK_QUESTION
            ),
        ],
        error_messages={"required": _("请选择申请的事项")},
    )
    came_by = forms.ChoiceField(
        label=_("从哪里来"),
        choices=[each for each in CustomerRequest.CameBy.choices if each[0] != "portal"],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择从哪里来")},
    )
    received_on = forms.DateField(
        label=_("收到日期"), required=False,
        help_text=_("期限从这一天起算；今天收到的不填。例如 2026-11-23"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("日期无法识别，请写成 2026-11-23")},
    )  # fmt: skip
    asked_by = forms.ChoiceField(
        label=_("谁提出"), choices=CustomerRequest.By.choices, widget=forms.RadioSelect,
        initial=CustomerRequest.By.HERSELF,
    )  # fmt: skip
    representative = forms.ChoiceField(
        label=_("哪一位代表人"), required=False, widget=forms.RadioSelect,
        help_text=_("只列已登记的；没有登记的先照办，再请其出示证明并登记"),
        error_messages={"invalid_choice": _("请从列出的代表人中选择")},
    )  # fmt: skip
    proof = forms.ChoiceField(
        label=_("怎样核验了身份"),
        choices=[
            ("", _("还没有核验；核验之前不告知任何内容")),
            *(each for each in CustomerRequest.Proof.choices if each[0] != "signed_in"),
        ],
        required=False,
        widget=forms.RadioSelect,
    )
    purpose = _purpose_field()
    consents = _consents_field(())
    insurer = forms.CharField(
        label=_("转给哪家公司"), max_length=100, required=False, help_text=_("只在转移时填写")
    )
    text = SaidField(
        label=_("申请内容"), required=False, help_text=_("照来信或口述写；加密保存"),
        error_messages=required(""),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, acting: Sequence[tuple[Representative, str]] = ()
    ) -> None:
        super().__init__(data)
        self.acting = {ref: each for each, ref in acting}
        if acting:
            chosen: Any = self.fields["representative"]
            named = [(ref, f"{each.get_kind_display()} · {ref}") for each, ref in acting]
            chosen.choices = [("", _("没有登记的")), *named]
        else:
            del self.fields["representative"]
        self.fields["purpose"].required = False
        self.fields["purpose"].help_text = _("只在异议时选择")
        asked = [(each.code, asking.name(each)) for each in asking.purposes()]
        self.fields["consents"].choices = asked  # type: ignore[attr-defined]
        self.fields["consents"].help_text = _("只在撤回同意时选择；一项也不选，就是全部")

    def clean_received_on(self) -> datetime | None:
        day: date | None = self.cleaned_data["received_on"]
        today = clock.local().date()
        if day is None or day == today:
            return None
        if not today - timedelta(days=clocks.EARLIEST) <= day < today:
            raise forms.ValidationError(_("收到日期须在今天以前六十天之内，请核对"))
        return datetime.combine(day, time(12), clock.OFFICE)

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        kind = str(said.get("kind", ""))
        if kind == Kind.OBJECT and not said.get("purpose"):
            self.add_error("purpose", _("请选一项用途"))
        if kind == Kind.PORTABILITY and not said.get("insurer"):
            self.add_error("insurer", _("请写明转给哪家公司"))
        if kind in kinds.WAYS and kinds.of(kind).needs_text and not said.get("text"):
            self.add_error("text", _("请写明申请的内容"))
        if said.get("asked_by") == CustomerRequest.By.REPRESENTATIVE and said.get("proof") not in {
            "", CustomerRequest.Proof.AUTHORISED.value,
        }:  # fmt: skip
            self.add_error("proof", _("由代表人提出的，须核对授权文件与双方证件"))
        if said.get("representative") and said.get("asked_by") == CustomerRequest.By.HERSELF:
            self.add_error("representative", _("本人提出的，不选代表人"))
        return said

    @property
    def asker(self) -> Representative | None:
        return self.acting.get(str(self.cleaned_data.get("representative", "")))

    @property
    def about(self) -> str:
        said = self.cleaned_data
        return str(said["purpose"]) if said["kind"] == Kind.OBJECT else ""

    @property
    def details(self) -> dict[str, Any]:
        said = self.cleaned_data
        chosen = said["consents"] if said["kind"] == Kind.WITHDRAW_CONSENT else []
        return {"consents": list(chosen)} if chosen else {}


class ProveForm(forms.Form):
    proof = forms.ChoiceField(
        label=_("怎样核验了身份"),
        choices=[each for each in CustomerRequest.Proof.choices if each[0] != "signed_in"],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择核验的方式")},
    )

    def __init__(self, data: Any = None, *, asked_by: str) -> None:
        super().__init__(data)
        self.asked_by = asked_by

    def clean_proof(self) -> str:
        proof = str(self.cleaned_data["proof"])
        authorised = proof == CustomerRequest.Proof.AUTHORISED
        if (self.asked_by == CustomerRequest.By.REPRESENTATIVE) != authorised:
            raise forms.ValidationError(
                _("由代表人提出的，须核对授权文件与双方证件；本人提出的用其他方式")
            )
        return proof


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
