"""What a finding of an audit says, in the reader's language; numbers only, never a customer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.audits.thresholds import DECLARED
from access.models.findings import TELLERS

PREFIX = "audit-"
Teller = Callable[[Mapping[str, Any]], str]


def numbers_in_words(numbers: Mapping[str, float]) -> str:
    """A rule's thresholds as phrases, in the order in which they are declared."""
    phrases = {
        "least": _("至少 %(n)s 次"),
        "days": _("看 %(n)s 天"),
        "active_days": _("至少分布在 %(n)s 天"),
        "steady": _("至少占上班日的 %(n)s%%"),
        "most": _("同姓同街的不超过 %(n)s 名"),
        "most_a_day": _("每天至多 %(n)s 名"),
        "share": _("占比至少 %(n)s%%"),
        "times_usual": _("至少为本人平常的 %(n)s 倍"),
        "times_peers": _("至少为同岗位常见值的 %(n)s 倍"),
        "run": _("连续至少 %(n)s 名"),
        "gap": _("间隔至多 %(n)s 秒"),
        "idle_days": _("闲置至少 %(n)s 天"),
        "changes": _("来回至少 %(n)s 次"),
        "minutes": _("在 %(n)s 分钟内"),
        "before": _("离职前 %(n)s 天起"),
        "unit_share": _("同机构这样做的人不到 %(n)s%%"),
    }
    order = list(phrases)
    named = sorted(numbers.items(), key=lambda item: order.index(item[0]))
    return _("，").join(phrases[name] % {"n": f"{value:g}"} for name, value in named)


def kind_of(rule: str) -> str:
    return f"{PREFIX}{rule}"


def rule_of(kind: str) -> str:
    """The rule behind a finding's kind; empty for findings that no audit raised."""
    return kind.removeprefix(PREFIX) if kind.startswith(PREFIX) else ""


def _near(facts: Mapping[str, Any]) -> str:
    return ngettext("%(n)s 名客户", "%(n)s 名客户", facts["customers"]) % {"n": facts["customers"]}


def _of(words: Callable[[], str]) -> Teller:
    return lambda facts: (
        words()
        % {
            name: f"{value:,.0f}" if isinstance(value, int | float) else value
            for name, value in facts.items()
        }
    )


_SAID: Mapping[str, Teller] = {
    "off-hours": _of(
        lambda: _(
            "%(days)s 天内在非工作时间查看 %(customers)s 名客户，占 %(share)s%%，没有业务事由"
        )
    ),
    "off-portfolio": _of(
        lambda: _("%(days)s 天内 %(count)s 次请求不在其范围内的客户；同岗位常见 %(peers)s 次")
    ),
    "enumeration": _of(lambda: _("按登记顺序连续查看 %(run)s 名客户，没有业务事由")),
    "fishing": _of(lambda: _("%(days)s 天内 %(count)s 次检索查不到人，占其检索的 %(share)s%%")),
    "bulk": _of(
        lambda: _(
            "一天内揭示 %(customers)s 名客户，没有业务事由；本人平常 %(usual)s 名，同岗位常见 %(peers)s 名"
        )
    ),
    "harvest": _of(
        lambda: _("%(days)s 天内揭示 %(customers)s 名没有业务事由的客户；同岗位常见 %(peers)s 名")
    ),
    "drip": _of(
        lambda: _("%(days)s 天内在 %(active)s 个日子里零星查看了 %(customers)s 名无解释的客户")
    ),
    "leaver": _of(
        lambda: _(
            "离职前后 %(days)s 天内揭示 %(customers)s 名没有业务事由的客户；平常每天 %(usual)s 名"
        )
    ),
    "dormant": _of(lambda: _("账号闲置 %(idle)s 天后查看 %(customers)s 名客户，没有业务事由")),
    "shared": _of(lambda: _("同一账号在 %(addresses)s 个地址之间来回 %(changes)s 次")),
    "unexplained": _of(
        lambda: _("%(days)s 天内 %(count)s 次查询无解释，占 %(share)s%%，远高于同岗位的人")
    ),
    "own-word": _of(lambda: _("%(days)s 天内 %(count)s 次查询只凭本人登记的事项，占 %(share)s%%")),
}


def _told(rule: str) -> Teller:
    said = _SAID.get(rule, _near)
    return lambda facts: (
        _("%(rule)s：%(said)s")
        % {
            "rule": DECLARED[rule].label,
            "said": said(facts),
        }
    )


for _rule in DECLARED:
    TELLERS[kind_of(_rule)] = _told(_rule)
