"""What an officer fills in of a product: filing, times of sale, suspensions, and the review."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from records.products.selling import Suspension, Terms

FREE: Final = 2  # rows for suspensions that are not there yet
_DAY: Final = _("例如 2026-11-23")
_BAD_DAY: Final = {"invalid": _("日期无法识别，请写成 2026-11-23")}


def _day(label: Any, hint: Any = _DAY) -> forms.DateField:
    return forms.DateField(
        label=label, required=False, help_text=hint, error_messages=_BAD_DAY,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip


class TermsForm(forms.Form):
    use_required_attribute = False
    filed = forms.BooleanField(label=_("已备案"), required=False)
    filed_on = _day(_("备案日"))
    filing_no = forms.CharField(label=_("备案号"), max_length=60, required=False)
    sold_from = _day(_("开售日"), _("不填为备案之后随时可售"))
    sold_until = _day(_("停售日"), _("最后一个可售日；在售的不填"))
    source = forms.CharField(
        label=_("依据"), max_length=200, help_text=_("法规条款或本公司文件的名称、文号、日期"),
        error_messages={"required": _("请写明依据哪份文件")},
    )  # fmt: skip
    reason = forms.CharField(
        label=_("理由"), max_length=200, error_messages={"required": _("请写明为什么修改")}
    )

    def __init__(self, terms: Terms, data: Any = None) -> None:
        super().__init__(data, initial=_initial(terms))
        self.rows = range(len(terms.suspensions) + FREE)
        for at in self.rows:
            number = {"n": at + 1}
            self.fields[f"since{at}"] = _day(_("第 %(n)s 次暂停，自") % number)
            self.fields[f"until{at}"] = _day(_("至"), _("没有恢复的不填"))
            self.fields[f"why{at}"] = forms.CharField(
                label=pgettext_lazy("暂停销售", "理由"), max_length=100, required=False
            )

    @property
    def suspensions(self) -> list[list[BoundField]]:
        names = ("since", "until", "why")
        return [[self[f"{name}{at}"] for name in names] for at in self.rows]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for at in self.rows:
            if (said.get(f"until{at}") or said.get(f"why{at}")) and not said.get(f"since{at}"):
                self.add_error(f"since{at}", _("请写明自哪一天暂停"))
        return said

    def terms(self) -> Terms:
        said = self.cleaned_data
        held = (
            Suspension(said[f"since{at}"], said[f"until{at}"], said[f"why{at}"].strip())
            for at in self.rows
            if said[f"since{at}"]
        )
        return Terms(
            filed=said["filed"],
            filed_on=said["filed_on"],
            filing_no=said["filing_no"].strip(),
            sold_from=said["sold_from"],
            sold_until=said["sold_until"],
            suspensions=tuple(sorted(held, key=lambda each: each.since)),
        )


def _initial(terms: Terms) -> dict[str, Any]:
    said: dict[str, Any] = {
        "filed": terms.filed,
        "filed_on": terms.filed_on,
        "filing_no": terms.filing_no,
        "sold_from": terms.sold_from,
        "sold_until": terms.sold_until,
    }
    for at, each in enumerate(terms.suspensions):
        said |= {f"since{at}": each.since, f"until{at}": each.until, f"why{at}": each.reason}
    return said


class ReviewForm(forms.Form):
    use_required_attribute = False
    seen = forms.CharField(widget=forms.HiddenInput)
    note = forms.CharField(
        label=_("复查结论"), max_length=500, widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("看了哪些变化，产品和流程要不要改；不要写客户资料"),
        error_messages={"required": _("请写明复查结论")},
    )  # fmt: skip
