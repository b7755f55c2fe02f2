"""Keeping something longer, or otherwise, than the pack says: by four eyes, dated, version by version."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access import approvals, proposals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.law import words
from access.law.reading import (
    OWN,
    UnknownRule,
    clause,
    known_rules,
    own_rule,
    pack,
    pack_clause,
    today,
)
from access.law.versions import follow
from access.models import Approval, RuleOverride
from custodian.errors import CustodianError
from custodian.regimes.packs import CONDITIONS, KINDS, RetentionRule, Trigger
from custodian.regimes.periods import Period

KIND = "law-override"
_OWN_CODE = re.compile(r"own-[a-z0-9]+(-[a-z0-9]+)*")


class BadPeriod(CustodianError):
    """Neither years nor months nor days."""

    code = "retention-period-unreadable"
    message = _("保存期限写作数字加单位，例如 10y（年）、6mo（月）、30d（天）")


class BadRule(CustodianError):
    """A rule of one's own that says too little, or takes a name that is another's."""

    code = "retention-rule-incomplete"
    message = _("自定规则须以 own- 开头、不与现有规则重名，并写明内容和起算事件")


class LawIsLonger(CustodianError):
    """A minimum of the law whose source was checked cannot be shortened or switched off."""

    code = "retention-below-the-law"

    def __init__(self, rule: RetentionRule) -> None:
        said = {"law": words.cite(clause(rule.clause)), "period": words.period(rule.period)}
        super().__init__(
            _("%(law)s要求至少保存 %(period)s，来源已核，不能缩短或停用；只能更长") % said
        )


class NotAhead(CustodianError):
    """An override begins today or later, and ends after it has begun."""

    code = "override-not-ahead"
    message = _("生效日不能早于今天，失效日须晚于生效日")


class Unchanged(CustodianError):
    """The proposal says what holds already."""

    code = "override-unchanged"
    message = _("与现行规则没有不同，请修改后再试")


class Pending(CustodianError):
    """Another change of the same rule waits for its approval."""

    code = "override-pending"
    status = 409
    message = _("这条规则已有一项修改待复核")


ERRORS = (BadPeriod, BadRule, LawIsLonger, NotAhead, Unchanged, Pending)


@dataclass(frozen=True, kw_only=True)
class OwnRule:
    """A rule that no pack has; `clause` may name what it rests on."""

    about: tuple[str, ...]
    trigger: str
    when: Mapping[str, str] = field(default_factory=dict)
    clause: str = ""

    def payload(self) -> dict[str, Any]:
        return {**asdict(self), "about": list(self.about), "when": dict(self.when)}


def propose_override(
    code: str,
    *,
    period: str,
    since: date,
    until: date | None = None,
    enabled: bool = True,
    own: OwnRule | None = None,
    reason: str,
    actor: Actor,
) -> Approval:
    """Ask for another period of the rule from `since` on, for its end, or with `own` for a new rule.

    `until` is the first day on which the pack holds again. Raises one of `ERRORS` or `UnknownRule`.
    """
    newest = RuleOverride.objects.filter(rule=code).first()
    said = own.payload() if own else newest.own if newest else None
    _check(code, said, newest, is_new=own is not None)
    _check_terms(code, period=_read(period), enabled=enabled)
    if since < today() or (until is not None and until <= since):
        raise NotAhead
    terms = {"period": str(_read(period)), "enabled": enabled, "own": said}
    if until is None and terms == _so_far(code, newest, since):
        raise Unchanged
    payload = {
        **terms,
        "rule": code,
        "base": newest.version if newest else 0,
        "since": since.isoformat(),
        "until": until and until.isoformat(),
        "reason": reason,
    }
    return proposals.propose(
        KIND,
        payload,
        of="rule",
        table=RuleOverride,
        pending=Pending,
        action=Action.LAW_PROPOSE,
        facts={"law-rule": code},
        actor=actor,
    )


def waiting(code: str) -> Approval | None:
    return proposals.waiting(KIND, rule=code)


def _check(
    code: str, own: Mapping[str, Any] | None, newest: RuleOverride | None, *, is_new: bool
) -> None:
    """Either a rule of the pack, or one of this insurer's own that is whole and has a free name."""
    if own is None:
        if code not in pack().retention:
            raise UnknownRule
        return
    taken = is_new and newest is not None
    if taken or not _OWN_CODE.fullmatch(code) or code.removeprefix(OWN) in pack().retention:
        raise BadRule
    if not own["about"] or not KINDS.issuperset(own["about"]) or own["trigger"] not in set(Trigger):
        raise BadRule
    if any(value not in CONDITIONS.get(name, ()) for name, value in own["when"].items()):
        raise BadRule
    if own["clause"]:
        pack_clause(own["clause"])


def _check_terms(code: str, *, period: Period, enabled: bool) -> None:
    rule = known_rules().get(code)
    if rule is not None and rule.binding and not (enabled and period.reaches(rule.period)):
        raise LawIsLonger(rule)


def _read(period: str) -> Period:
    try:
        return Period.read(period)
    except ValueError as error:
        raise BadPeriod from error


def _so_far(code: str, newest: RuleOverride | None, since: date) -> dict[str, Any] | None:
    """What would hold on that day without the proposal."""
    if newest is not None and newest.since <= since and newest.until is None:
        return {"period": newest.period, "enabled": newest.enabled, "own": newest.own}
    rule = pack().retention.get(code)
    if newest is None and rule is not None:
        return {"period": str(rule.period), "enabled": True, "own": None}
    return None


class _Kind:
    action = Action.LAW_APPROVE
    label = _("保存期限的改动")

    def place(self, payload: Mapping[str, Any]) -> str:
        """The rule's page; a rule that is new has none yet."""
        is_new = payload["own"] is not None and not payload["base"]
        return reverse("admin:law") if is_new else reverse("admin:law_rule", args=[payload["rule"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A rule is about everybody."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        base = RuleOverride.objects.filter(rule=payload["rule"], version=payload["base"]).first()
        rule = _rule_of(payload)
        before = Period.read(base.period) if base else rule.period
        after = Period.read(payload["period"])
        turned = payload["own"] is None or base is not None
        rows: list[tuple[Any, Sequence[Any]]] = [
            (_("保存规则"), [f"{words.what(rule)} · {payload['rule']}"]),
            (_("起算"), [words.TRIGGERS[rule.trigger]]),
            (_("保存期限"), [words.turned(before, after) if turned else words.period(after)]),
            (pgettext_lazy("规则", "启用"), [_("是") if payload["enabled"] else _("否")]),
            (_("依据"), [words.cite(clause(rule.clause)) if rule.clause else _("本公司默认")]),
            (_("自"), [payload["since"]]),
        ]
        if payload["until"]:
            rows.append((_("至"), [payload["until"]]))
        return [*rows, (_("理由"), [payload["reason"]])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """From the proposed day on, or from today if that has passed: never backwards."""
        said = approval.payload
        _check_terms(said["rule"], period=Period.read(said["period"]), enabled=said["enabled"])
        since = max(date.fromisoformat(said["since"]), today())
        until = date.fromisoformat(said["until"]) if said["until"] else None
        if until is not None and until <= since:
            raise NotAhead
        follow(
            RuleOverride(
                rule=said["rule"],
                version=said["base"] + 1,
                period=said["period"],
                enabled=said["enabled"],
                own=said["own"],
                since=since,
                until=until,
                reason=said["reason"],
                approval=approval,
            ),
            RuleOverride.objects.filter(rule=said["rule"]),
        )

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


def _rule_of(payload: Mapping[str, Any]) -> RetentionRule:
    if payload["own"] is None:
        found = known_rules().get(payload["rule"])
        if found is None:  # another pack is installed by now
            raise ContentChanged
        return found
    row = RuleOverride(
        rule=payload["rule"],
        period=payload["period"],
        own=payload["own"],
        since=date.fromisoformat(payload["since"]),
    )
    return own_rule(row)


approvals.register(KIND, _Kind())
