"""What an officer fills in to open a campaign."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access.models import Unit
from access.recertification import campaigns
from access.vocabulary import STAFF_ROLES
from custodian import clock


class CampaignForm(forms.Form):
    name = forms.CharField(label=_("名称"), max_length=60, help_text=_("例如 2026 年下半年"))
    unit = forms.ModelChoiceField(
        label=_("机构"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=_("全部机构"),
        help_text=_("含下级机构"),
    )
    roles = forms.MultipleChoiceField(
        label=_("岗位"),
        choices=[(each.value, each.label) for each in STAFF_ROLES],
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("不选即全部岗位"),
    )
    due = forms.DateField(
        label=_("截止"), help_text=_("当天 24 时；到时没有确认的权限自动取消，最长三个月")
    )
    repeat_months = forms.IntegerField(
        label=_("每几个月一次"),
        required=False,
        min_value=1,
        max_value=24,
        help_text=_("到时在“今日待办”提醒开始下一次；不填即不重复。6 个月是本公司默认，可改"),
    )

    def __init__(self, data: Any = None, **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["unit"].queryset = Unit.objects.order_by("path")  # type: ignore[attr-defined]

    def clean_due(self) -> Any:
        end = campaigns.end_of(self.cleaned_data["due"])
        now = clock.now()
        if not now + campaigns.SHORTEST <= end <= now + campaigns.LONGEST:
            raise forms.ValidationError(campaigns.BadDate.message)
        return end
