"""What members fill in about a report: its words in both languages, and that it was handed in."""

from __future__ import annotations

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from access.law import clocks as law
from incidents.case_forms import MomentField, text_field
from incidents.models import IncidentReport
from incidents.reports import kinds

LONGEST: Final = 4000


class WordsForm(forms.Form):
    """Each section in Chinese and in English; one of them is enough."""

    use_required_attribute = False

    def __init__(self, report: IncidentReport, data: Any = None) -> None:
        super().__init__(data, auto_id="words-%s")
        self.needed = frozenset(kinds.NEEDED[law.of(report.rule).action])
        for name, label in kinds.SECTIONS.items():
            for language, told in (("zh", _("中文")), ("en", _("英文"))):
                self.fields[f"{name}_{language}"] = forms.CharField(
                    label=_("%(section)s（%(language)s）") % {"section": label, "language": told},
                    required=False,
                    max_length=LONGEST,
                    help_text=_("须写，中文或英文任一；请勿写客户资料")
                    if name in self.needed
                    else "",
                    widget=forms.Textarea(attrs={"rows": 3, "lang": language}),
                )
                self.initial[f"{name}_{language}"] = report.words.get(name, {}).get(language, "")

    def asked(self) -> list[forms.BoundField]:
        """Of the sections that this kind of report needs."""
        return [each for each in self if each.name.rpartition("_")[0] in self.needed]

    def others(self) -> list[forms.BoundField]:
        return [each for each in self if each.name.rpartition("_")[0] not in self.needed]

    @property
    def words(self) -> dict[str, dict[str, str]]:
        return {
            name: {
                language: self.cleaned_data.get(f"{name}_{language}", "")
                for language in kinds.LANGUAGES
            }
            for name in kinds.SECTIONS
        }


class FilingForm(forms.Form):
    """Noted once."""

    use_required_attribute = False
    at = MomentField(
        label=_("报送时间"), required=False, help_text=_("不填为现在，例如 2026-12-01 14:20")
    )
    channel = text_field(
        _("报送渠道"), _("例如：监管报送平台、机要交换、传真；电话另在事件页办结"), most=100
    )
    reference = text_field(_("报送编号"), _("回执或文号；没有就留空"), most=100, required=False)
    why_late = text_field(_("逾期原因"), _("按时报送的不填"), most=300, required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data, auto_id="file-%s")
