"""Forms for a claim's papers: what it is and the file, by itself or beside a report."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from records import evidence
from records.claim_handling.papers import Brought
from records.correction_forms import PaperForm
from records.evidence import EvidenceRefused
from records.models import ClaimNeed

_HELP = _("JPG、PNG、PDF，不超过 10 MB。材料加密保存，只给理赔人员看，每次查看都有记录")


class _PaperForm(PaperForm):
    need: ClaimNeed | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["paper"].help_text = _HELP

    @property
    def kind(self) -> str:
        return ClaimNeed.Kind.OTHER

    def brought(self) -> Brought | None:
        """The file drawn anew, once the form is valid; what is wrong with it stands at the field."""
        if self.upload is None:
            return None
        try:
            drawn = evidence.draw(self.upload.content, name=str(self.upload.name))
        except EvidenceRefused as error:
            self.refuse(error)
            return None
        slot = self.need.slot if self.need else None
        return Brought(drawn=drawn, kind=self.kind, need=slot)


class ClaimPaperForm(_PaperForm):
    """One paper: in answer to the notice, or of a kind that is chosen."""

    kind_of = forms.ChoiceField(
        label=_("这是什么材料？"),
        choices=ClaimNeed.Kind.choices,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("请选择这是什么材料"),
            "invalid_choice": _("请从列出的材料中选择"),
        },
    )
    field_order = ("kind_of", "paper")

    def __init__(self, *args: Any, need: ClaimNeed | None, **kwargs: Any) -> None:
        super().__init__(*args, needed=True, **kwargs)
        self.need = need
        if need is not None:
            del self.fields["kind_of"]

    @property
    def kind(self) -> str:
        return str(self.cleaned_data.get("kind_of") or ClaimNeed.Kind.OTHER)


class FirstPaperForm(_PaperForm):
    """What is brought with the report, if anything is; more can follow."""

    paper_kind = forms.ChoiceField(
        label=_("这是什么材料"),
        required=False,
        choices=[("", _("没有材料，或以后再交")), *ClaimNeed.Kind.choices],
        error_messages={"invalid_choice": _("请从列出的材料中选择")},
    )
    field_order = ("paper_kind", "paper")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, needed=False, label=_("照片或单据（可以不交）"), **kwargs)

    @property
    def kind(self) -> str:
        return str(self.cleaned_data.get("paper_kind") or ClaimNeed.Kind.OTHER)
