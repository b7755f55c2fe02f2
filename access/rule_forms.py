"""What an officer fills in to propose a rule, and to try a proposal against the past."""

from __future__ import annotations

import ipaddress
import re
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from access import policy
from access.action_roles import ROLES
from access.actions import Action
from access.actors import REACH
from access.models.rules import CLASSES
from access.training import standing
from access.vocabulary import Channel, Purpose, Reach, Role
from custodian import clock
from custodian.elements import LEVELS

LONGEST = timedelta(days=366)
_ROLES = [
    (role.value, role.label)
    for role in Role
    if role in ROLES[Action.CUSTOMER_VIEW] and role is not Role.SYSTEM
]
_LEVELS = [(level, f"L{level}") for level in LEVELS]
_HOURS = range(25)


class RuleForm(forms.Form):
    role = forms.ChoiceField(label=_("岗位"), choices=_ROLES)
    purpose = forms.ChoiceField(label=_("用途"), choices=Purpose)
    element_class = forms.ChoiceField(label=_("分类"), choices=CLASSES)
    max_level = forms.TypedChoiceField(label=_("最高等级"), choices=_LEVELS, coerce=int)
    reach = forms.ChoiceField(
        label=_("范围"),
        choices=[each for each in Reach.choices if each[0] != Reach.NONE],
        help_text=_("规则只能收窄岗位本身的范围，不能放宽"),
    )
    channel = forms.ChoiceField(
        label=_("渠道"), choices=[("", _("不限")), *Channel.choices], required=False
    )
    networks = forms.CharField(
        label=_("网段"),
        required=False,
        help_text=_("例如 10.20.0.0/16；多个网段用空格或换行分开，不填即不限"),
    )
    hour_from = forms.TypedChoiceField(
        label=_("起始时刻"), choices=[(each, f"{each}:00") for each in _HOURS[:-1]], coerce=int
    )
    hour_until = forms.TypedChoiceField(
        label=_("截止时刻"), choices=[(each, f"{each}:00") for each in _HOURS[1:]], coerce=int
    )
    step_up_level = forms.TypedChoiceField(
        label=_("二次验证等级"),
        choices=_LEVELS,
        coerce=int,
        help_text=_("此等级及以上的明文，须先完成二次验证"),
    )
    training = forms.MultipleChoiceField(
        label=_("须有效的培训与承诺"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("没有或已失效的人，按此规则看不到明文；掩码不受影响"),
    )
    daily = forms.IntegerField(
        label=_("每人每天至多几名客户"),
        required=False,
        min_value=1,
        max_value=100_000,
        help_text=_("按此规则看到明文的不同客户，24 小时内；不填即不另设，岗位的限额照旧"),
    )
    since = forms.DateTimeField(
        label=_("生效"), required=False, help_text=_("例如 2026-12-01 08:00；不填即批准时生效")
    )
    reason = forms.CharField(
        label=_("理由"), max_length=200, help_text=_("复核的人会看到；不要写客户资料")
    )

    def __init__(self, data: Any = None, *, initial: Any = None) -> None:
        super().__init__(data, initial=initial)
        known = {each.code: each.title for each in standing.taught()}
        # What a rule asks for already stays on the list, whatever became of it.
        known |= {code: code for code in (initial or {}).get("training", ()) if code not in known}
        self.fields["training"].choices = list(known.items())  # type: ignore[attr-defined]

    def clean_training(self) -> list[str]:
        return sorted(self.cleaned_data["training"])

    def clean_networks(self) -> list[str]:
        words = [each for each in re.split(r"[\s,，、;；]+", self.cleaned_data["networks"]) if each]
        return [_network(each) for each in dict.fromkeys(words)]

    def clean_since(self) -> datetime | None:
        return _ahead(self.cleaned_data["since"])

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        if "hour_from" in said and "hour_until" in said and said["hour_from"] >= said["hour_until"]:
            self.add_error("hour_until", _("截止时刻应晚于起始时刻"))
        if "role" in said and "reach" in said:
            most = max(REACH[Role(said["role"])], Reach.CASE, key=lambda each: each.width)
            if Reach(said["reach"]).width > most.width:
                self.add_error(
                    "reach",
                    forms.ValidationError(
                        _("此岗位最多到“%(reach)s”，请改选"), params={"reach": most.label}
                    ),
                )
        return said

    def terms(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in policy.TERMS}


class EndForm(forms.Form):
    since = forms.DateTimeField(
        label=_("停用时间"), required=False, help_text=_("例如 2026-12-01 08:00；不填即批准时停用")
    )
    reason = forms.CharField(label=_("理由"), max_length=200)

    def clean_since(self) -> datetime | None:
        return _ahead(self.cleaned_data["since"])


class PeriodForm(forms.Form):
    since = forms.DateField(label=_("自"), widget=forms.DateInput(format="%Y-%m-%d"))
    until = forms.DateField(label=_("至"), widget=forms.DateInput(format="%Y-%m-%d"))

    def __init__(self, data: Any = None) -> None:
        today = clock.local().date()
        super().__init__(data, initial={"since": today - timedelta(days=30), "until": today})

    def clean_until(self) -> date:
        until: date = self.cleaned_data["until"]
        if until > clock.local().date():
            raise forms.ValidationError(_("请填今天或更早的日期"))
        return until

    def clean(self) -> dict[str, Any]:
        said = super().clean() or self.cleaned_data
        since, until = said.get("since"), said.get("until")
        if since and until and since > until:
            self.add_error("until", _("“至”早于“自”，请核对"))
        elif since and until and until - since > LONGEST:
            self.add_error("since", _("一次最多回放一年"))
        return said


def _network(text: str) -> str:
    try:
        return str(ipaddress.ip_network(text))
    except ValueError:
        raise forms.ValidationError(
            _("这不是网段：%(text)s。请写成 10.20.0.0/16 的样子"), params={"text": text[:43]}
        ) from None


def _ahead(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    if moment <= clock.now():
        raise forms.ValidationError(_("请填以后的时间，或留空"))
    if moment > clock.now() + LONGEST:
        raise forms.ValidationError(_("最多排到一年以后"))
    return moment
