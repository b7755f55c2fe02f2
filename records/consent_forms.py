"""What staff fill in when a customer agreed, refused or withdrew on paper, at the counter or by telephone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from custodian import clock
from records.consents.standing import GIVEN, WITHDRAWN, Standing
from records.correction_forms import PaperForm

FIELDS: Final = ("purpose", "said", "day")


class ConsentForm(PaperForm):
    """One word of hers; a yes needs its paper, and an agent's note any."""

    purpose = forms.ChoiceField(
        label=_("哪一项"), error_messages={"required": _("请选择是哪一项同意")}
    )
    said = forms.ChoiceField(
        label=_("客户说的是"),
        choices=[
            (GIVEN, pgettext_lazy("同意", "同意")),
            (WITHDRAWN, pgettext_lazy("同意", "不同意，或撤回")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("请选择客户同意还是不同意")},
    )
    day = forms.DateField(
        label=_("哪一天说的"), required=False,
        help_text=_("书面材料上的日期；今天的不填。例如 2026-11-23"),
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        error_messages={"invalid": _("日期无法识别，请写成 2026-11-23")},
    )  # fmt: skip
    field_order = ("purpose", "said", "day", "paper")

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        stand: Sequence[Standing],
        always_paper: bool,
    ) -> None:
        super().__init__(data, files, needed=False, label=_("客户签名的书面材料"))
        self.always_paper = always_paper
        self.fields["paper"].help_text = _("JPG、PNG、PDF，不超过 10 MB。材料加密保存")
        choices = [(each.purpose.code, f"{each.name} · {each.label}") for each in stand]
        self.fields["purpose"].choices = [("", _("请选择")), *choices]  # type: ignore[attr-defined]

    def clean_day(self) -> date | None:
        day: date | None = self.cleaned_data["day"]
        if day is not None and day > clock.local().date():
            raise forms.ValidationError(_("日期在今天之后，请核对书面材料上的日期"))
        return day

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        needs = self.always_paper or said.get("said") == GIVEN
        if needs and "paper" not in self.errors and self.upload is None:
            self.add_error(
                "paper", _("请附上客户签名的书面材料；没有的，请客户本人在客户服务里办理")
            )
        return said

    @property
    def at(self) -> datetime | None:
        day: date | None = self.cleaned_data["day"]
        if day is None or day == clock.local().date():
            return None
        return datetime.combine(day, time(12), clock.OFFICE)
