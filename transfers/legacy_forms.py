"""What officers fill in where a book comes as files: the files, the paper list, the release on paper."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.forms import BoundField
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Unit
from records.importing.mapping_fields import KINDS
from records.importing.page_forms import SealedFilesField
from records.models import Product, SavedMapping
from transfers.forms import PROOF_HELP, _ProofForm
from transfers.legacy.sealing import Sum
from transfers.legacy.stating import MORE, NEEDED
from transfers.receipts.reconciling import NAMES

CLASSES: Final = 12  # product classes that have a line of their own


class FilesForm(forms.Form):
    files = SealedFilesField(  # type: ignore[assignment]  # the name is the page's
        label=_("转出方的文件"),
        help_text=_(
            "csv（UTF-8 或 GB18030）、xlsx、parquet，可以选多个；上传时即加密，磁盘上没有明文"
        ),
        error_messages={"required": _("请选择转出方给的文件")},
    )
    kind = forms.ChoiceField(
        label=_("这是什么"), required=False, choices=[("", _("由系统识别")), *KINDS]
    )
    mapping = forms.ChoiceField(
        label=_("已保存的对应关系"), required=False, help_text=_("同一转出方的下一批文件可直接选用")
    )
    unit = forms.ModelChoiceField(
        label=_("承接机构"), queryset=Unit.objects.none(), empty_label=None,
        help_text=_("客户先归在这里，启用以后再分给人员"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = SavedMapping.objects.order_by("name").values_list("name", flat=True).distinct()
        self.fields["mapping"].choices = [("", "—"), *((each, each) for each in names)]  # type: ignore[attr-defined]
        self.fields["unit"].queryset = Unit.objects.order_by("path")  # type: ignore[attr-defined]


class ListForm(_ProofForm):
    """The numbers of the seller's signed paper, and the paper."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label=_("转出方签字的清单"), **kwargs)
        paper = self.fields.pop("paper")
        paper.help_text = PROOF_HELP
        for name in (*NEEDED, *MORE):
            self.fields[name] = forms.IntegerField(
                label=NAMES[name], min_value=0, required=name in NEEDED
            )
        kinds = Product.objects.order_by("kind").values_list("kind", flat=True).distinct()
        self._classes = list(kinds[:CLASSES])
        for place, cls in enumerate(self._classes):
            for name, label in (("premium", _("保费")), ("cover", _("保额"))):
                self.fields[f"{name}{place}"] = forms.DecimalField(
                    label=f"{cls or '—'} · {label}",
                    min_value=0,
                    max_digits=18,
                    decimal_places=2,
                    required=False,
                )
        self.fields["paper"] = paper

    def numbers(self) -> Iterator[BoundField]:
        return (self[name] for name in (*NEEDED, *MORE))

    def money(self) -> Iterator[BoundField]:
        return (
            self[f"{name}{place}"]
            for place in range(len(self._classes))
            for name in ("premium", "cover")
        )

    def counts(self) -> dict[str, int]:
        said = self.cleaned_data
        return {name: said[name] for name in (*NEEDED, *MORE) if said.get(name) is not None}

    def sums(self) -> dict[str, Sum]:
        """In fen; a class that the paper does not name is not there."""
        found = {}
        for place, cls in enumerate(self._classes):
            premium = self.cleaned_data.get(f"premium{place}")
            cover = self.cleaned_data.get(f"cover{place}")
            if premium is not None or cover is not None:
                found[cls] = Sum(_fen(premium), _fen(cover))
        return found


def _fen(amount: Decimal | None) -> int:
    return int(amount * 100) if amount is not None else 0


class PaperReleaseForm(_ProofForm):
    live_at = forms.DateTimeField(
        label=_("交接时点"),
        input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"],
        error_messages={"invalid": _("日期和时间无法识别，请写成 2026-12-01 00:00")},
        help_text=_("按纸上写的日期和时间，例如 2026-12-01 00:00；由另一人对照纸质文件复核"),
    )
    field_order = ("live_at", "paper")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, label=_("转出方签字的交接确认"), **kwargs)

    def clean_live_at(self) -> datetime:
        moment: datetime = self.cleaned_data["live_at"]
        return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
