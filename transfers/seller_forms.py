"""What the seller's officer fills in: the rule of who moves, who does not, and the words of the letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Unit
from custodian import clock
from records import references
from records.models import Customer, Intermediary, Policy, Product
from records.notices.contents import LANGUAGES, TAGS, Both
from transfers.choosing import rules
from transfers.choosing.rules import Rule
from transfers.letters import arrived_texts, moving_texts, texts
from transfers.letters.texts import LONGEST, Letter
from transfers.models import Bar, Transfer

TONGUES: Final = {"zh": _("中文"), "en": _("英文")}


class RuleForm(forms.Form):
    """Each field is a condition; one that is left empty asks nothing."""

    use_required_attribute = False
    products = forms.MultipleChoiceField(
        label=_("险种"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("不选就是全部险种。客户还有别的险种的，整个人不随转"),
    )  # fmt: skip
    channels = forms.MultipleChoiceField(
        label=_("渠道"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=Intermediary.Kind.choices, help_text=_("不选就是全部渠道"),
    )  # fmt: skip
    units = forms.MultipleChoiceField(
        label=_("服务机构"), required=False, widget=forms.CheckboxSelectMultiple,
        help_text=_("含下级机构；不选就是全部机构"),
    )  # fmt: skip
    statuses = forms.MultipleChoiceField(
        label=_("保单状态"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=Policy.Status.choices,
        help_text=_("至少有一张这种状态的保单；其余的旧保单一同随转"),
    )  # fmt: skip

    def __init__(self, data: Any = None, *, transfer: Transfer, rule: dict[str, Any]) -> None:
        super().__init__(data, initial=rule)
        of_book = Product.objects.filter(policy__book=transfer.book).distinct().order_by("code")
        units = Unit.objects.filter(subject__customer__book=transfer.book).distinct()
        fields: Any = self.fields
        fields["products"].choices = [(each.code, str(each)) for each in of_book]
        fields["units"].choices = [(each.code, each.name) for each in units.order_by("code")]

    def rule(self) -> Rule:
        return rules.read(self.cleaned_data)


class BarForm(forms.Form):
    use_required_attribute = False
    customer = forms.CharField(
        label=_("客户编号"), max_length=20, help_text=_("例如 c-7K2M-41PD-9QX"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"required": _("请填写客户编号")},
    )  # fmt: skip
    ground = forms.ChoiceField(label=pgettext_lazy("不随转", "事由"), choices=Bar.Ground.choices)
    reason = forms.CharField(
        label=_("理由"), max_length=200,
        help_text=_("一句话即可，请勿写客户信息。加密保存，审计时可见。"),
    )  # fmt: skip

    def clean_customer(self) -> str:
        known = references.read(self.cleaned_data["customer"], kind="c")
        if known is None or not Customer.objects.filter(ref=known).exists():
            raise forms.ValidationError(_("没有这个客户编号，请核对"))
        return str(known)


class LiftForm(forms.Form):
    use_required_attribute = False
    bar = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(label=_("解除理由"), max_length=200)


@dataclass(frozen=True)
class Pair:
    """One part of the letter in both languages."""

    label: Any
    fields: list[BoundField]


class LetterForm(forms.Form):
    """Nothing but the day is required to keep a draft; what is missing is told when it is put up."""

    use_required_attribute = False
    reply_by = forms.DateField(
        label=_("答复期限"), help_text=_("例如 2026-12-31；须在今天之后"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("日期无法识别，请写成 2026-12-31")},
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, transfer: Transfer, letter: Letter, reply_by: date | None = None
    ) -> None:
        initial: dict[str, Any] = {"reply_by": reply_by}
        for key, both in letter.parts.items():
            initial |= {f"{key}_{each}": both[each] for each in LANGUAGES}
        super().__init__(data, initial=initial)
        self._labels = texts.parts_of(transfer)
        if not transfer.is_sellers:
            del self.fields["reply_by"]  # the buyer's letter asks for nothing
        for key, label in self._labels.items():
            for each in LANGUAGES:
                long = key in moving_texts.LONG | arrived_texts.LONG
                widget: Any = forms.Textarea({"rows": 4}) if long else forms.TextInput()
                widget.attrs["lang"] = TAGS[each]
                self.fields[f"{key}_{each}"] = forms.CharField(
                    label=f"{label} · {TONGUES[each]}",
                    required=False,
                    max_length=LONGEST,
                    widget=widget,
                )

    def clean_reply_by(self) -> date:
        day: date = self.cleaned_data["reply_by"]
        if day <= clock.local().date():
            raise forms.ValidationError(_("答复期限须在今天之后"))
        return day

    def pairs(self) -> Iterator[Pair]:
        for key, label in self._labels.items():
            yield Pair(label, [self[f"{key}_{each}"] for each in LANGUAGES])

    def letter(self) -> Letter:
        said = self.cleaned_data
        return Letter(
            {
                key: Both(**{each: said[f"{key}_{each}"].strip() for each in LANGUAGES})
                for key in self._labels
            }
        )

    def blame(self, error: texts.Incomplete) -> None:
        for name in error.missing:
            self.add_error(name, _("请填写"))
