"""What an officer fills in to give something to a partner, and to note that a partner has a correction."""

from __future__ import annotations

import ipaddress
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from access import ports
from access.exports.approving import element_words
from access.models import Unit
from custodian import clock
from records import references
from records.models import Book, Product
from transfers.agreement_forms import PaperForm
from transfers.agreements.terms import Terms
from transfers.models import Agreement, Share
from transfers.shares.proposing import FASTEST, Asked
from transfers.shares.selecting import MOST_NAMED, Choice

_USUAL: Final = timedelta(days=30)


class ShareForm(forms.Form):
    """Only what the agreement allows can be chosen."""

    form = forms.ChoiceField(
        label=_("方式"), choices=Share.Form, widget=forms.RadioSelect, initial=Share.Form.FILE,
        error_messages={"required": _("请选方式")},
    )  # fmt: skip
    elements = forms.MultipleChoiceField(
        label=_("信息项"), widget=forms.CheckboxSelectMultiple,
        help_text=_("协议允许的；只选这次必需的"),
        error_messages={"required": _("请选信息项")},
    )  # fmt: skip
    books = forms.MultipleChoiceField(
        label=_("账册"), required=False, widget=forms.CheckboxSelectMultiple
    )
    products = forms.MultipleChoiceField(
        label=_("险种"), required=False, widget=forms.CheckboxSelectMultiple
    )
    units = forms.MultipleChoiceField(
        label=_("机构"), required=False, widget=forms.CheckboxSelectMultiple
    )
    customers = forms.CharField(
        label=_("客户编号"), required=False, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("只给这几名客户时填；多个编号用空格或换行分开，最多 200 个"),
    )  # fmt: skip
    reason = forms.CharField(
        label=_("理由"), max_length=200, help_text=_("封存在日志里；不要写客户资料"),
        error_messages={"required": _("请写明理由")},
    )  # fmt: skip
    until = forms.DateField(
        label=_("有效至"), help_text=_("当天 24 时停止，最迟到协议的最后一天"),
        error_messages={"invalid": _("日期无法识别，请写成 2026-11-23")},
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )  # fmt: skip
    format = forms.ChoiceField(label=_("文件格式"), choices=Share.Format, required=False)
    rate = forms.IntegerField(
        label=_("接口每分钟请求数"), min_value=1, max_value=FASTEST, initial=60, required=False
    )
    networks = forms.CharField(
        label=_("接口来源网段"), required=False,
        help_text=_("例如 10.20.0.0/16；多个网段用空格或换行分开，不填即不限"),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, agreement: Agreement, language: str = "zh-hans"
    ) -> None:
        today = clock.local().date()
        self.agreement, self.language = agreement, language
        self.allowed = Terms.read(agreement.terms or {})
        last = self.allowed.last_day
        super().__init__(data, initial={"until": min(today + _USUAL, last).isoformat()})
        terms = self.allowed
        self._offer("elements", [(code, element_words(code)) for code in terms.elements])
        books = Book.objects.filter(code__in=terms.books) if terms.books else Book.objects.all()
        products = Product.objects.all()
        if terms.products:
            products = products.filter(code__in=terms.products)
        self._offer("books", [(each.code, str(each)) for each in books])
        self._offer("products", [(each.code, f"{each} {each.code}") for each in products])
        self._offer("units", [(each.code, f"{each} {each.code}") for each in Unit.objects.all()])

    def _offer(self, name: str, choices: list[tuple[str, Any]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]

    def clean_until(self) -> date:
        day: date = self.cleaned_data["until"]
        if not clock.local().date() <= day <= self.allowed.last_day:
            raise forms.ValidationError(_("请填今天起、协议最后一天以前的日期"))
        return day

    def clean_customers(self) -> tuple[str, ...]:
        typed = self.cleaned_data["customers"].replace("，", " ").replace(",", " ").split()
        refs = [references.read(each, kind="c") for each in typed]
        if len(typed) > MOST_NAMED or None in refs:
            raise forms.ValidationError(_("有不是客户编号的内容，或超过 200 个，请核对"))
        known = ports.customers().ordinals_of([ref for ref in refs if ref])
        if absent := [ref for ref in refs if ref not in known]:
            raise forms.ValidationError(_("没有这个编号：%(ref)s") % {"ref": absent[0]})
        return tuple(dict.fromkeys(ref for ref in refs if ref))

    def clean_networks(self) -> tuple[str, ...]:
        try:
            return tuple(
                str(ipaddress.ip_network(each)) for each in self.cleaned_data["networks"].split()
            )
        except ValueError:
            raise forms.ValidationError(_("网段无法识别，请写成 10.20.0.0/16")) from None

    def asked(self) -> Asked:
        said = self.cleaned_data
        last = datetime.combine(said["until"] + timedelta(days=1), time(), tzinfo=clock.OFFICE)
        return Asked(
            form=said["form"],
            elements=said["elements"],
            choice=Choice(
                books=tuple(said["books"]), products=tuple(said["products"]),
                units=tuple(said["units"]), customers=said["customers"],
            ),
            reason=said["reason"],
            expires_at=last,
            format=said["format"] or Share.Format.CSV,
            language=self.language,
            rate=said["rate"] or 60,
            networks=said["networks"],
        )  # fmt: skip


class ReceiptForm(PaperForm):
    kind = None  # type: ignore[assignment]
    tellings = forms.MultipleChoiceField(
        label=_("回执写明了哪些更正"), widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("请选回执写明的更正")},
    )  # fmt: skip
    field_order = ("tellings", "paper")

    def __init__(self, data: Any = None, files: Any = None, *, offered: Any = ()) -> None:
        super().__init__(data, files)
        self.fields["tellings"].choices = list(offered)  # type: ignore[attr-defined]
