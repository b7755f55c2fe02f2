"""Forms of the page from which customers are told of an incident."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from incidents.notices import exempting, texts
from records.notices.checking import SAID_IN
from records.notices.contents import LANGUAGES, TAGS, Both


@dataclass(frozen=True)
class Pair:
    """A part of the letter in both languages."""

    label: Any
    fields: list[Any]


class NoticeForm(forms.Form):
    """Nothing is required to keep a draft; what is missing is told when it is put up."""

    use_required_attribute = False
    public = forms.BooleanField(
        label=_("同时公开告知"),
        required=False,
        help_text=_("批准后放在公开网页上，不登录也能看；有客户逐人联系不上时用"),
    )

    def __init__(self, data: Any, *, parts: dict[str, Both], public: bool) -> None:
        said: dict[str, Any] = {"public": public}
        for key, both in parts.items():
            said |= {f"{key}_{each}": both[each] for each in LANGUAGES}
        super().__init__(data, initial=said)
        for key, label in texts.PARTS.items():
            for each in LANGUAGES:
                widget: Any = (
                    forms.Textarea({"rows": 3}) if key in texts.LONG else forms.TextInput()
                )
                widget.attrs["lang"] = TAGS[each]
                self.fields[f"{key}_{each}"] = forms.CharField(
                    label=f"{label} · {SAID_IN[each]}",
                    required=False,
                    max_length=texts.LONGEST,
                    widget=widget,
                )

    def pairs(self) -> Iterator[Pair]:
        for key, label in texts.PARTS.items():
            yield Pair(label, [self[f"{key}_{each}"] for each in LANGUAGES])

    def parts(self) -> dict[str, Both]:
        said = self.cleaned_data
        return {
            key: Both(**{each: said[f"{key}_{each}"].strip() for each in LANGUAGES})
            for key in texts.PARTS
        }

    def blame(self, error: texts.Incomplete) -> None:
        for name in error.missing:
            self.add_error(name, _("请填写"))


class ExemptForm(forms.Form):
    use_required_attribute = False
    ground = forms.ChoiceField(
        label=_("依据"),
        help_text=_("主管部门要求告知的，仍须告知；向主管部门的报告不能免"),
        error_messages={"invalid_choice": exempting.NoSuchGround.message},
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=1000,
        help_text=_("为什么符合这项依据；请勿写客户资料"),
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("请写明理由")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="exempt-%s")
        field: Any = self.fields["ground"]
        field.choices = [(code, exempting.words(code)) for code in exempting.grounds()]


class ReturnedForm(forms.Form):
    use_required_attribute = False
    number = forms.CharField(
        label=_("告知信编号"),
        max_length=8,
        help_text=_("信上的八位编号，例如 3F2A9C10"),
        widget=forms.TextInput({"autocomplete": "off"}),
        error_messages={"required": _("请填写信上的编号")},
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="returned-%s")
