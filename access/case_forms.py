"""What an officer fills in to open a case."""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from access import ports
from access.cases import GUEST_ROLES, Terms
from access.models import Unit, User
from custodian import clock

MOST = 200
LONGEST = timedelta(days=366)


class CaseForm(forms.Form):
    title = forms.CharField(label=_("事由"), max_length=120)
    office = forms.CharField(label=_("监管机构"), max_length=80)
    letter = forms.CharField(label=_("函号"), max_length=60, required=False)
    guests = forms.ModelMultipleChoiceField(
        label=_("案件人员"),
        queryset=User.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("监管人员或内部审计；他们只看到本案，并在案内申请取证包"),
    )
    since = forms.DateField(label=_("自"), help_text=_("例如 2026-11-01"))
    until = forms.DateField(label=_("至"), help_text=_("例如 2026-11-23"))
    everything = forms.BooleanField(
        label=_("时段内全部条目"),
        required=False,
        help_text=_("勾选后下面三栏不必填；全部条目或指明操作人时，取证包能证明没有漏列"),
    )
    operators = forms.CharField(
        label=_("操作人工号"), required=False, help_text=_("多个工号用空格或换行分开")
    )
    customers = forms.CharField(
        label=_("客户编号"), required=False, help_text=_("多个编号用空格或换行分开")
    )
    units = forms.CharField(
        label=_("机构代码"), required=False, help_text=_("多个代码用空格或换行分开")
    )
    access_until = forms.DateField(
        label=_("访问至"), help_text=_("当天 24 时结束，到点即关闭；最长一年")
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        people = User.objects.filter(is_active=True, role__in=GUEST_ROLES)
        self.fields["guests"].queryset = people.order_by("staff_no")  # type: ignore[attr-defined]

    def clean_operators(self) -> list[User]:
        numbers = _words(self.cleaned_data["operators"])
        known = {
            user.staff_no.upper(): user for user in User.objects.filter(staff_no__in=_both(numbers))
        }
        return [
            self._known(known.get(number.upper()), number, _("没有这个工号")) for number in numbers
        ]

    def clean_units(self) -> list[str]:
        codes = _words(self.cleaned_data["units"])
        known = {
            code: code
            for code in Unit.objects.filter(code__in=codes).values_list("code", flat=True)
        }
        return [self._known(known.get(code), code, _("没有这个机构代码")) for code in codes]

    def clean_customers(self) -> list[UUID]:
        refs = _words(self.cleaned_data["customers"])
        port = ports.customers()
        return [self._known(port.uid_of(ref), ref, _("没有找到此客户编号")) for ref in refs]

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        since, until = said.get("since"), said.get("until")
        if since and until and since > until:
            self.add_error("until", _("“至”早于“自”，请核对"))
        end = said.get("access_until")
        today = clock.local().date()
        if end and not today <= end <= today + LONGEST:
            self.add_error("access_until", _("请填今天起一年以内的日期"))
        named = said.get("operators") or said.get("customers") or said.get("units")
        if not self.errors and not named and not said["everything"]:
            self.add_error("everything", _("请填操作人、客户或机构，或勾选全部条目"))
        if not self.errors and named and said["everything"]:
            self.add_error("everything", _("已勾选全部条目，请清空下面三栏，或取消勾选"))
        return said

    def terms(self) -> Terms:
        said = self.cleaned_data
        end = datetime.combine(said["access_until"] + timedelta(days=1), time(), clock.OFFICE)
        return Terms(
            title=said["title"],
            office=said["office"],
            letter=said["letter"],
            since=said["since"],
            until=said["until"],
            everything=said["everything"],
            operators=said["operators"],
            customers=said["customers"],
            units=said["units"],
            guests=list(said["guests"]),
            access_until=end,
        )

    def _known(self, found: Any, asked: str, words: Any) -> Any:
        if found is None:
            raise forms.ValidationError(
                _("%(words)s：%(asked)s"), params={"words": words, "asked": asked[:20]}
            )
        return found


class NoteForm(forms.Form):
    note = forms.CharField(label=_("退回的理由"), max_length=200)


def _words(text: str) -> list[str]:
    words = list(dict.fromkeys(each for each in re.split(r"[\s,，、;；]+", text) if each))
    if len(words) > MOST:
        raise forms.ValidationError(_("一次最多 200 个"))
    return words


def _both(numbers: list[str]) -> list[str]:
    return [*numbers, *(number.upper() for number in numbers)]
