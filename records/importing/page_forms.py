"""Forms of the import pages: files, columns, and a row that is put right."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from access.models import Unit
from records.importing.drafts import Flaw
from records.importing.mapping import BookMapping
from records.importing.quarantine import Opened
from records.importing.recognise import mapping_of
from records.importing.report import refusal
from records.importing.runs import Recognised
from records.importing.targets import TARGETS
from records.importing.upload import SealedUpload
from records.models import Book, ImportFile

if TYPE_CHECKING:
    from django.utils.functional import _StrOrPromise


class ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True
    template_name = "django/forms/widgets/file.html"


class SealedFilesField(forms.FileField):
    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[ImportFile]:
        uploads = data if isinstance(data, list) else [data]
        if not [upload for upload in uploads if upload]:
            raise forms.ValidationError(self.error_messages["required"])
        errors = [
            _("%(name)s：%(message)s")
            % {"name": upload.name, "message": refusal(upload.refused, None)}
            for upload in uploads
            if upload.refused
        ]
        if errors:
            raise forms.ValidationError(errors)
        kept = [
            upload.sealed
            for upload in uploads
            if isinstance(upload, SealedUpload) and upload.sealed
        ]
        if len(kept) != len(uploads):
            raise forms.ValidationError(_("文件中没有内容，请核对文件"))
        return kept


class UploadForm(forms.Form):
    files = SealedFilesField(  # type: ignore[assignment]  # the name is the page's
        label=gettext_lazy("文件"),
        help_text=gettext_lazy(
            "csv、xlsx 或 parquet，可以选多个：客户、保单、理赔、工作事项。上传时即加密保存。"
        ),
        error_messages={"required": gettext_lazy("请选择要导入的文件")},
    )
    book = forms.ModelChoiceField(
        Book.objects.all(),
        label=gettext_lazy("账册"),
        empty_label=None,
        error_messages={"required": gettext_lazy("请选择账册")},
    )
    unit = forms.ModelChoiceField(
        Unit.objects.all(),
        label=gettext_lazy("默认机构"),
        required=False,
        empty_label=gettext_lazy("最上级机构"),
        help_text=gettext_lazy("没有写明机构的客户归入这里。"),
    )


class ColumnsForm(forms.Form):
    """One choice for each column of each sheet, as recognised until a person says otherwise."""

    def __init__(self, *args: Any, found: Sequence[Recognised], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._found = found
        choices: list[tuple[str, _StrOrPromise]] = [("", gettext_lazy("不导入"))]
        choices += [(code, target.label) for code, target in TARGETS.items()]
        for number, sheet in enumerate(found):
            for guess in sheet.guesses:
                self.fields[f"s{number}c{guess.index}"] = forms.ChoiceField(
                    choices=choices,
                    required=False,
                    label=guess.header,
                    initial=guess.target or "",
                )

    def sheets(self) -> list[tuple[Recognised, list[tuple[Any, Any]]]]:
        return [
            (sheet, [(self[f"s{number}c{guess.index}"], guess) for guess in sheet.guesses])
            for number, sheet in enumerate(self._found)
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = self.cleaned_data
        for number, sheet in enumerate(self._found):
            taken: dict[str, str] = {}
            for guess in sheet.guesses:
                name = f"s{number}c{guess.index}"
                target = cleaned.get(name)
                if target and target in taken:
                    words = _("“%(header)s”已对应到这里，一项只能对应一列")
                    self.add_error(name, words % {"header": taken[target]})
                elif target:
                    taken[target] = guess.header
        return cleaned

    def mapping(self) -> BookMapping:
        """What the person confirmed."""
        sources = []
        for number, each in enumerate(self._found):
            guesses = [
                replace(guess, target=self.cleaned_data[f"s{number}c{guess.index}"] or None)
                for guess in each.guesses
            ]
            if any(guess.target for guess in guesses):
                sources.append(mapping_of(each.sheet, guesses, file=each.file))
        return BookMapping(tuple(sources))


class RowForm(forms.Form):
    """The cells of a row in quarantine; the reason stands at the field that shows it."""

    def __init__(
        self,
        *args: Any,
        row: Opened,
        flaws: Sequence[tuple[str, str]],
        targets: dict[str, str],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        width = max(len(row.headers), len(row.cells))
        cells = (*row.cells, *[""] * width)[:width]
        self.general = [words for target, words in flaws if target not in targets.values()]
        for index, cell in enumerate(cells):
            header = row.headers[index] if index < len(row.headers) else _("多出的一列")
            field = forms.CharField(label=header, required=False, initial=cell, strip=False)
            field.reasons = [  # type: ignore[attr-defined]
                words for target, words in flaws if target and targets.get(header) == target
            ]
            self.fields[f"c{index}"] = field

    def rows(self) -> list[tuple[Any, list[str]]]:
        return [(self[name], getattr(field, "reasons", [])) for name, field in self.fields.items()]

    def cells(self) -> tuple[str, ...]:
        return tuple(self.cleaned_data[name] for name in self.fields)


class DropForm(forms.Form):
    reason = forms.CharField(
        label=gettext_lazy("不导入的理由"),
        max_length=200,
        min_length=4,
        error_messages={"required": gettext_lazy("请写明理由")},
    )
    confirmed = forms.BooleanField(
        label=gettext_lazy("确认这一行不导入"),
        error_messages={"required": gettext_lazy("请勾选确认")},
    )


def told(flaws: Sequence[Flaw]) -> list[tuple[str, str]]:
    return [(flaw.target or "", str(flaw.problem.message)) for flaw in flaws if flaw.problem.hard]
