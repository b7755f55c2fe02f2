"""A reviewed right in the reader's words, and what its removal means."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from access.models import HeldRight
from access.vocabulary import Purpose, Reach, Role
from custodian import clock

Kind = HeldRight.Kind
MEANING: Mapping[str, Promise | str] = {
    Kind.ROLE: gettext_lazy("取消后此人停用，立即退出登录"),
    Kind.GRANT: gettext_lazy("取消后授权立即结束"),
    Kind.PORTFOLIO: gettext_lazy("取消后这些客户立即不在其名下"),
    Kind.TOKEN: gettext_lazy("取消后令牌立即吊销，无法恢复"),
    Kind.CASE: gettext_lazy("取消后此人立即看不到该案件"),
}
TONES = {"keep": "ok", "remove": "danger", "lapsed": "danger", "spared": "warn", "gone": ""}


def what(right: HeldRight) -> str:
    return _WORDS[right.kind](right.facts)


def _role(facts: Mapping[str, Any]) -> str:
    return _("%(role)s，范围：%(reach)s") % {
        "role": Role(facts["role"]).label,
        "reach": Reach(facts["reach"]).label,
    }


def _grant(facts: Mapping[str, Any]) -> str:
    count = facts["customers"]
    words = ngettext(
        "为%(purpose)s看 %(n)s 名客户，至 %(until)s",
        "为%(purpose)s看 %(n)s 名客户，至 %(until)s",
        count,
    )
    purpose = dict(Purpose.choices).get(facts["purpose"], facts["purpose"])
    return words % {"purpose": purpose, "n": count, "until": _moment(facts["until"])}


def _portfolio(facts: Mapping[str, Any]) -> str:
    count = facts["customers"]
    return ngettext("%(n)s 名客户", "%(n)s 名客户", count) % {"n": f"{count:,}"}


def _token(facts: Mapping[str, Any]) -> str:
    return _("“%(name)s”，%(actions)s 种动作，%(grants)s 项授权，至 %(until)s") % {
        "name": facts["name"],
        "actions": facts["actions"],
        "grants": facts["grants"],
        "until": _moment(facts["until"]),
    }


def _case(facts: Mapping[str, Any]) -> str:
    return _("案件 %(case)s，至 %(until)s") % {
        "case": facts["case"],
        "until": _moment(facts["until"]),
    }


def _moment(text: str) -> str:
    return f"{clock.local(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"


_WORDS: Mapping[str, Callable[[Mapping[str, Any]], str]] = {
    Kind.ROLE: _role,
    Kind.GRANT: _grant,
    Kind.PORTFOLIO: _portfolio,
    Kind.TOKEN: _token,
    Kind.CASE: _case,
}
