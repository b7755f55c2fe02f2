"""What an officer fills in to have a list traced."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from custodian import clock
from incidents.cases.standing import worked_on
from incidents.models import Incident
from records.importing.page_forms import SealedFilesField
from records.models import ImportFile


class TraceForm(forms.Form):
    files = SealedFilesField(  # type: ignore[assignment]  # the name is the page's
        label=_("外泄的名单"),
        help_text=_(
            "csv、txt、xlsx 或 parquet，列不限，不超过 64 MB；上传时即加密，比对后连同密钥销毁"
        ),
        error_messages={"required": _("请选择名单文件")},
    )
    label = forms.CharField(
        label=_("名单的来由"),
        max_length=80,
        help_text=_("例如：网上出售的名单（徐州）；不要写客户资料"),
        error_messages={"required": _("请写明名单从哪里来")},
    )
    reason = forms.CharField(
        label=_("理由"),
        max_length=200,
        help_text=_("为什么溯源；加密记入查询日志"),
        error_messages={"required": _("请写明理由")},
    )
    since = forms.DateField(
        label=_("起日"), required=False, help_text=_("只看这一天以来的查看，例如 2026-03-02")
    )
    until = forms.DateField(label=_("止日"), required=False, help_text=_("含当日；不填为至今"))
    incident = forms.ModelChoiceField(
        label=_("为哪个事件"),
        queryset=Incident.objects.none(),
        to_field_name="code",
        required=False,
        help_text=_("选了事件，名单上的客户会加密留作它的受影响名单；不选则什么也不留"),
    )

    def __init__(self, actor: Actor, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files)
        field: Any = self.fields["incident"]
        field.queryset = worked_on(actor)
        field.empty_label = _("不为某个事件")
        field.label_from_instance = lambda row: f"{row.code} {row.title}"

    def clean_files(self) -> ImportFile:
        files: list[ImportFile] = self.cleaned_data["files"]
        if len(files) > 1:
            raise forms.ValidationError(_("一次溯源一份名单，请只选一个文件"))
        return files[0]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or {}
        since, until = said.get("since"), said.get("until")
        if isinstance(since, date) and since > clock.local().date():
            self.add_error("since", _("起日在今天之后，请核对"))
        elif isinstance(since, date) and isinstance(until, date) and until < since:
            self.add_error("until", _("止日早于起日，请核对"))
        return said
