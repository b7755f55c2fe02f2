"""What an officer fills in about a batch: what to leave out, and why to stop."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from records import references
from records.destruction.batches import Fate
from records.models import Book, Customer, DestructionBatch
from records.retention.telling import KINDS

LONGEST = 80  # as long as the row keeps it
TOO_LONG = _("理由过长，请缩短到 80 字以内")


def _reason() -> forms.CharField:
    return forms.CharField(
        label=_("理由"),
        max_length=LONGEST,
        help_text=_("留在批次和凭证旁；不要写客户资料"),
        error_messages={"required": _("请写明理由"), "max_length": TOO_LONG},
    )


class ExcludeForm(forms.Form):
    """A customer, a kind, a book, or what is of all that are named."""

    customer = forms.CharField(
        label=_("客户编号"),
        required=False,
        max_length=20,
        help_text=_("例如 c-7K2M-41PD-9QX；几项都填时，只排除同时符合的"),
    )
    kind = forms.ChoiceField(label=_("分类"), required=False)
    book = forms.ModelChoiceField(
        label=_("账册"), required=False, queryset=Book.objects.none(), empty_label=_("不限")
    )

    def __init__(self, batch: DestructionBatch, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.batch = batch
        self.fields["kind"].choices = [("", _("不限")), *KINDS.items()]  # type: ignore[attr-defined]
        books = Book.objects.filter(pk__in=batch.items.values("book"))
        self.fields["book"].queryset = books.order_by("code")  # type: ignore[attr-defined]
        self.fields["reason"] = _reason()

    def clean_customer(self) -> Customer | None:
        asked = self.cleaned_data["customer"].strip()
        if not asked:
            return None
        known = references.read(asked, kind="c")
        rows = Customer.objects.filter(ref=known or "")
        found: Customer | None = rows.first()
        if found is None:
            raise forms.ValidationError(_("没有这个客户编号，请核对"))
        return found

    def clean(self) -> dict[str, Any]:
        said: dict[str, Any] = super().clean() or {}
        if self.errors:
            return said
        if not self.of:
            raise forms.ValidationError(_("请至少填客户编号、分类、账册中的一项"))
        if not self.batch.items.filter(state=Fate.PLANNED, **self.of).exists():
            raise forms.ValidationError(_("批次里没有这样的待销毁资料，请核对"))
        return said

    @property
    def of(self) -> dict[str, Any]:
        """As `batches.exclude` takes it."""
        said = self.cleaned_data
        chosen = {
            "subject": said["customer"].pk if said["customer"] else None,
            "kind": said["kind"],
            "book": said["book"],
        }
        return {name: value for name, value in chosen.items() if value}


class StopForm(forms.Form):
    reason = _reason()
