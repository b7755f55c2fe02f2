"""Access rules as people read them: one sentence each, by role."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from access.models import PolicyRule
from access.training import words
from access.vocabulary import Role
from custodian import clock


@dataclass(frozen=True)
class Told:
    """A rule with its sentence; `anchor` is where entries of the log point to."""

    rule: PolicyRule
    anchor: str
    sentence: str
    in_force: bool


def sentence(rule: PolicyRule, titles: Mapping[str, str] | None = None) -> str:
    """`titles` by code of what rules ask people to have; looked up if they are not given."""
    named = titles_of([rule]) if titles is None else titles
    return _("%(role)s 可为 %(purpose)s 查看 %(cls)s 至 L%(level)s（%(where)s）") % {
        "role": rule.get_role_display(),
        "purpose": rule.get_purpose_display(),
        "cls": rule.get_element_class_display(),
        "level": rule.max_level,
        "where": _("，").join([*_limits(rule), *_training(rule, named)]),
    }


def _limits(rule: PolicyRule) -> list[str]:
    limits = [str(rule.get_reach_display())]
    if rule.channel:
        limits.append(_("仅限%(channel)s") % {"channel": rule.get_channel_display()})
    if rule.networks:
        limits.append(_("仅限网段 %(networks)s") % {"networks": _("、").join(rule.networks)})
    if (rule.hour_from, rule.hour_until) == (0, 24):
        limits.append(_("不限时"))
    else:
        limits.append(_("%(start)s–%(end)s 时") % {"start": rule.hour_from, "end": rule.hour_until})
    if rule.step_up_level <= rule.max_level:
        limits.append(_("L%(level)s 起须二次验证") % {"level": rule.step_up_level})
    if rule.daily:
        limits.append(_("每人每天至多 %(n)s 名客户") % {"n": f"{rule.daily:,}"})
    return limits


def _training(rule: PolicyRule, titles: Mapping[str, str]) -> list[str]:
    if not rule.training:
        return []
    what = _("、").join(_("《%(title)s》") % {"title": titles[code]} for code in rule.training)
    return [_("明文须%(what)s有效") % {"what": what}]


def titles_of(rules: Iterable[PolicyRule]) -> dict[str, str]:
    """The titles of all that these rules ask people to have, looked up at once."""
    codes = sorted({code for rule in rules for code in rule.training})
    return dict(zip(codes, words.titles(codes), strict=True)) if codes else {}


def by_role(rules: Iterable[PolicyRule]) -> list[dict[str, Any]]:
    """Groups in the order of the roles; versions that are no longer in force come last in theirs."""
    order = list(Role)
    now, rules = clock.now(), list(rules)
    titles = titles_of(rules)
    told = sorted(
        (_told(rule, now, titles) for rule in rules),
        key=lambda each: (order.index(Role(each.rule.role)), not each.in_force, each.rule.code),
    )
    return [
        {"role": Role(role).label, "rules": list(group)}
        for role, group in groupby(told, key=lambda each: each.rule.role)
    ]


def _told(rule: PolicyRule, now: Any, titles: Mapping[str, str]) -> Told:
    in_force = rule.since <= now and (rule.until is None or rule.until > now)
    return Told(rule, f"{rule.code}-{rule.version}", sentence(rule, titles), in_force)
