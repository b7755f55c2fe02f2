"""What officers give in while a book is handed over: papers of the other party, a package, where, when."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from access.models import Unit
from custodian import clock
from transfers import signed
from transfers.receipts.releasing import SOONEST

MOST_BY_PAGE: Final = 512 << 20  # larger packages come by the command


class PaperForm(forms.Form):
    paper = forms.FileField(
        label=_("对方的文件"), help_text=_("对方从本系统下载的签名文件（.json），不超过 256 KB")
    )

    def clean_paper(self) -> bytes:
        file = self.cleaned_data["paper"]
        if file.size > signed.LARGEST:
            raise forms.ValidationError(_("文件太大，不是这里要的文件"))
        return bytes(file.read())


class PackageForm(forms.Form):
    package = forms.FileField(
        label=_("移交包"),
        help_text=_("扩展名 .book，不超过 512 MB；更大的请运维用命令 receive_book 接收"),
    )

    def clean_package(self) -> Any:
        file = self.cleaned_data["package"]
        if file.size > MOST_BY_PAGE:
            raise forms.ValidationError(_("文件太大，请运维用命令 receive_book 接收"))
        return file


class LoadForm(forms.Form):
    unit = forms.ModelChoiceField(
        label=_("承接机构"),
        queryset=Unit.objects.none(),
        empty_label=None,
        help_text=_("客户先归在这里，启用以后再分给人员"),
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["unit"].queryset = Unit.objects.order_by("path")  # type: ignore[attr-defined]


class ReleaseForm(forms.Form):
    live_at = forms.DateTimeField(
        label=_("交接时点"),
        input_formats=["%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M"],
        help_text=_("例如 2026-12-01 00:00；至少在一小时之后，此时点起由对方负责"),
    )

    def __init__(self, data: Any = None) -> None:
        soon = clock.local() + SOONEST + timedelta(hours=23)
        first = soon.replace(hour=0, minute=0, second=0, microsecond=0)
        super().__init__(data, initial={"live_at": f"{first:%Y-%m-%d %H:%M}"})

    def clean_live_at(self) -> datetime:
        moment: datetime = self.cleaned_data["live_at"]
        if timezone.is_naive(moment):
            moment = timezone.make_aware(moment)
        return moment
