"""What is filled in to ask for a legal hold, to look at it again, and to ask that it ends."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.models import Unit
from custodian import clock
from custodian.errors import CustodianError
from records.legal_holds import placing, selectors
from records.legal_holds.covering import Draft
from records.models import Book, Claim, Intermediary, LegalHold, Policy, Product

NO_CUSTOMER_DATA = _("封存在日志里；不要写客户资料")
EXAMPLE_DAY = _("例如 2026-11-23")


class DayField(forms.DateField):
    """A day for the next review, within a year."""

    def __init__(self, **more: Any) -> None:
        super().__init__(
            help_text=_("到期提醒，不会自动解除；默认六个月后（本公司默认），最迟一年内"), **more
        )

    def clean(self, value: Any) -> Any:
        day = super().clean(value)
        if day is None:
            return None
        try:
            placing.require_day(day)
        except placing.BadReviewDay as error:
            raise forms.ValidationError(error.message) from None
        return day


class HoldForm(forms.Form):
    """`names` is the field that a refusal of what the hold names stands at."""

    names = ""
    ground = forms.ChoiceField(
        label=pgettext_lazy("法律保留", "事由"),
        choices=LegalHold.Ground,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选事由"), "invalid_choice": _("请选事由")},
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=NO_CUSTOMER_DATA,
        error_messages={"required": _("请写明理由")},
    )
    letter = forms.CharField(
        label=_("函号"), max_length=60, required=False, help_text=_("监管机构或法院的文号，如有")
    )
    review_on = DayField(label=_("复查日"))
    last = ("ground", "reason", "letter", "review_on")

    def __init__(self, data: Any = None, *, named: str = "") -> None:
        initial = {"review_on": _later(), self.names: named}
        super().__init__(data, initial=initial)
        self.tried = self.is_bound and self.data.get("act") == "preview"
        for name in self.last if self.tried else ():
            self.fields[name].required = False  # what it would cover depends on none of them
        self.order_fields([name for name in self.fields if name not in self.last])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        for name in self.last:
            self.fields[name].required = name != "letter"  # the page that follows asks for them
        if self.names in said:
            try:
                self.draft = self.drafted(said)
            except CustodianError as error:
                self.add_error(self.names, str(error))
        return said

    def drafted(self, said: Mapping[str, Any]) -> Draft:
        raise NotImplementedError

    def terms(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.last}


class CustomerHoldForm(HoldForm):
    names = "customers"
    customers = forms.CharField(
        label=_("客户编号"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("多个编号用空格或换行分开，最多 200 个"),
        error_messages={"required": _("请填客户编号")},
    )

    def drafted(self, said: Mapping[str, Any]) -> Draft:
        return selectors.of_customers(_words(said["customers"]))


class PolicyHoldForm(HoldForm):
    names = "policies"
    policies = forms.CharField(
        label=_("保单编号"),
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("以 p- 开头的编号；多个用空格或换行分开，最多 200 个"),
        error_messages={"required": _("请填保单编号")},
    )

    def drafted(self, said: Mapping[str, Any]) -> Draft:
        return selectors.of_policies(_words(said["policies"]))


def _one_of(model: Any, label: Any, *, required: bool = False, hint: Any = "") -> Any:
    """By its code; the rows are read when the form is made."""
    return forms.ModelChoiceField(
        label=label,
        queryset=model.objects.none(),
        required=required,
        to_field_name="code",
        empty_label=_("请选择") if required else _("不限"),
        help_text=hint,
        error_messages={"required": _("请选一项"), "invalid_choice": _("请从列表中选一项")},
    )


class BookHoldForm(HoldForm):
    names = "book"
    book = _one_of(Book, _("账册"), required=True, hint=_("其全部客户和保单，包括以后导入的"))

    def __init__(self, data: Any = None, *, named: str = "") -> None:
        super().__init__(data, named=named)
        self.fields["book"].queryset = Book.objects.all()  # type: ignore[attr-defined]

    def drafted(self, said: Mapping[str, Any]) -> Draft:
        return selectors.of_book(said["book"].code)


class CaseHoldForm(HoldForm):
    names = "number"
    number = forms.CharField(
        label=_("案件或事项编号"),
        max_length=40,
        help_text=_("监管案件（例如 R-2026-01），或投诉、赔案等工作事项的编号"),
        error_messages={"required": _("请填案件或事项编号")},
    )

    def drafted(self, said: Mapping[str, Any]) -> Draft:
        return selectors.of_case(said["number"])


class QueryHoldForm(HoldForm):
    names = "of"
    of = forms.ChoiceField(
        label=_("符合下列全部条件的"),
        choices=selectors.OF,
        initial=selectors.CUSTOMERS,
        widget=forms.RadioSelect,
    )
    book = _one_of(Book, _("账册"))
    product = _one_of(Product, _("险种"))
    intermediary = _one_of(Intermediary, _("中介机构"))
    unit = _one_of(Unit, _("机构"), hint=_("含下级机构"))
    status = forms.ChoiceField(
        label=_("保单状态"), choices=[("", _("不限")), *Policy.Status.choices], required=False
    )
    ends_from = forms.DateField(label=_("满期日自"), required=False, help_text=EXAMPLE_DAY)
    ends_until = forms.DateField(label=_("满期日至"), required=False, help_text=EXAMPLE_DAY)
    claim = forms.ChoiceField(
        label=_("赔案类别"), choices=[("", _("不限")), *Claim.Kind.choices], required=False
    )

    def __init__(self, data: Any = None, *, named: str = "") -> None:
        super().__init__(data, named=named or selectors.CUSTOMERS)
        for name, model in selectors.NAMED.items():
            rows = model._default_manager.all()
            self.fields[name].queryset = rows  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        said = self.cleaned_data
        since, until = said.get("ends_from"), said.get("ends_until")
        if since and until and since > until:
            self.add_error("ends_until", _("“至”早于“自”，请核对"))
        return super().clean()

    def drafted(self, said: Mapping[str, Any]) -> Draft:
        coded = {name: getattr(value, "code", value) for name, value in said.items()}
        return selectors.of_rule(said["of"], coded)


FORMS: Mapping[str, type[HoldForm]] = {
    LegalHold.Scope.CUSTOMER: CustomerHoldForm,
    LegalHold.Scope.POLICY: PolicyHoldForm,
    LegalHold.Scope.BOOK: BookHoldForm,
    LegalHold.Scope.CASE: CaseHoldForm,
    LegalHold.Scope.QUERY: QueryHoldForm,
}


class ReviewForm(forms.Form):
    note = forms.CharField(
        label=_("为什么仍须保留"),
        max_length=200,
        help_text=NO_CUSTOMER_DATA,
        error_messages={"required": _("请写明理由")},
    )
    next_on = DayField(label=_("下次复查"))

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, initial={"next_on": _later()})


class ReleaseForm(forms.Form):
    reason = forms.CharField(
        label=_("解除理由"),
        max_length=200,
        help_text=NO_CUSTOMER_DATA,
        error_messages={"required": _("请写明理由")},
    )


def _later() -> str:
    return (clock.local().date() + placing.REVIEW_AFTER).isoformat()


def _words(text: str) -> list[str]:
    return list(dict.fromkeys(each for each in re.split(r"[\s,，、;；]+", text) if each))
