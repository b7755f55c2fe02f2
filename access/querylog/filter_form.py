"""The log's filters as a form, and as chips that can be taken off one by one."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from access import actors, ports
from access.action_words import ACTS
from access.actors import SYSTEM_ACTORS, system
from access.models import User
from access.querylog.explore import Filters
from access.vocabulary import Channel, Purpose
from custodian import clock, elements

DEFAULT_DAYS = 30
PLACES = frozenset({"before", "after", "entry"})
_ANY = ("", _("不限"))


class FilterForm(forms.Form):
    no = forms.CharField(label=_("操作人工号"), required=False, max_length=30)
    unit = forms.CharField(label=_("机构代码"), required=False, max_length=20)
    since = forms.DateField(label=_("自"), required=False, help_text=_("例如 2026-11-01"))
    until = forms.DateField(label=_("至"), required=False, help_text=_("例如 2026-11-23"))
    act = forms.ChoiceField(label=_("动作"), required=False)
    purpose = forms.ChoiceField(label=_("用途"), required=False)
    element = forms.ChoiceField(label=_("信息项"), required=False)
    level = forms.ChoiceField(label=_("等级"), required=False)
    channel = forms.ChoiceField(label=_("渠道"), required=False)
    outcome = forms.ChoiceField(label=_("结果"), required=False)
    customer = forms.CharField(label=_("客户编号"), required=False, max_length=20)

    def __init__(self, data: QueryDict) -> None:
        if set(data) - set(self.base_fields) - PLACES:
            raise SuspiciousOperation
        super().__init__(data)
        choices: dict[str, list[Any]] = {
            "act": list(ACTS.items()),
            "purpose": list(Purpose.choices),
            "element": [(each.code, each.label) for each in elements.catalogue()],
            "level": [(str(level), f"L{level}") for level in elements.LEVELS],
            "channel": list(Channel.choices),
            "outcome": [("ok", _("允许")), ("denied", _("拒绝"))],
        }
        for name, known in choices.items():
            self.fields[name].choices = [_ANY, *known]  # type: ignore[attr-defined]

    def clean_no(self) -> Any:
        """The reference behind a staff number, because entries are indexed by it."""
        number = self.cleaned_data["no"].strip().upper()
        if not number:
            return None
        if number == actors.CUSTOMER:
            return actors.CUSTOMER_REF
        name = number.removeprefix("SYS-").lower()
        if name in SYSTEM_ACTORS and number.startswith("SYS-"):
            return system(name).ref
        user = User.objects.filter(staff_no__iexact=number).only("ref").first()
        if user is None:
            raise forms.ValidationError(_("没有这个工号，请核对"))
        return user.ref

    def clean_customer(self) -> Any:
        ref = self.cleaned_data["customer"].strip()
        if not ref:
            return None
        uid = ports.customers().uid_of(ref)
        if uid is None:
            raise forms.ValidationError(_("没有找到此客户编号，请核对"))
        return uid

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        today = clock.local().date()
        cleaned["until"] = cleaned.get("until") or today
        cleaned["since"] = cleaned.get("since") or cleaned["until"] - timedelta(days=DEFAULT_DAYS)
        if cleaned["since"] > cleaned["until"]:
            self.add_error("until", _("“至”早于“自”，请核对"))
        return cleaned

    def filters(self) -> Filters:
        found = self.cleaned_data
        return Filters(
            since=found["since"],
            until=found["until"],
            actor=found["no"],
            customer=found["customer"],
            unit=found["unit"].strip(),
            purpose=found["purpose"],
            act=found["act"],
            element=found["element"],
            level=int(found["level"] or 0),
            channel=found["channel"],
            outcome=found["outcome"],
        )

    def terms(self) -> dict[str, str]:
        """What was asked for, as it stands in the address: codes, dates, numbers and references."""
        return {name: self.data[name] for name in self.base_fields if self.data.get(name)}

    def address(self, **more: Any) -> str:
        return "?" + urlencode({**self.terms(), **more})

    def chips(self) -> list[dict[str, str]]:
        terms = self.terms()
        shown = {name: value for name, value in terms.items() if name not in {"since", "until"}}
        chips = [
            {
                "label": str(self.fields[name].label),
                "value": self._word(name, value),
                "without": "?" + urlencode({k: v for k, v in terms.items() if k != name}),
            }
            for name, value in shown.items()
        ]
        period = {k: v for k, v in terms.items() if k not in {"since", "until"}}
        dated = len(period) != len(terms)
        found = self.cleaned_data
        chip = {
            "label": str(_("时段")),
            "value": str(_("%(since)s 至 %(until)s"))
            % {"since": found["since"], "until": found["until"]},
            "without": "?" + urlencode(period) if dated else "",
        }
        return [*chips, chip]

    def _word(self, name: str, value: str) -> str:
        choices = dict(getattr(self.fields[name], "choices", []))
        return str(choices.get(value, value))
