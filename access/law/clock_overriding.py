"""Another length of a clock, or a target of this company's own: by four eyes, dated, version by version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access import approvals, proposals
from access.actions import Action
from access.actors import Actor
from access.law import clock_words, words
from access.law.clock_book import Book, pack_rule
from access.law.reading import clause, today
from access.law.versions import follow
from access.models import Approval, ClockOverride
from custodian.errors import CustodianError
from custodian.regimes.calendars import DAY
from custodian.regimes.clocks import ClockRule
from custodian.regimes.clocks import Kind as ClockKind
from custodian.regimes.lengths import Length

KIND = "law-clock"


class BadLength(CustodianError):
    """Not a length, of another unit than the clock's, or of a clock that is due on a day of the year."""

    code = "clock-length-unreadable"
    message = _("时限写作数字加单位，单位与法规库一致，至少为 1")


class LawIsShorter(CustodianError):
    """What the law gives cannot be made longer, nor what it makes one wait shorter; neither ends."""

    code = "clock-beyond-the-law"

    def __init__(self, rule: ClockRule) -> None:
        said = {"law": words.cite(clause(rule.clause)), "time": clock_words.counted(rule)}
        if rule.kind is ClockKind.WAIT:
            super().__init__(_("%(law)s要求%(time)s，来源已核，不能缩短或停用；只能更长") % said)
        else:
            super().__init__(_("%(law)s要求%(time)s，来源已核，不能延长或停用；只能更短") % said)


class TargetIsLonger(CustodianError):
    """A target lies within the time that there is."""

    code = "clock-target-longer"
    message = _("目标不能长于时限，请填较短的目标")


class NotAhead(CustodianError):
    """What has begun today keeps its time: a change holds from tomorrow on, and ends after it has begun."""

    code = "clock-override-not-ahead"
    message = _("生效日最早为明天，失效日须晚于生效日")


class Unchanged(CustodianError):
    """The proposal says what holds already."""

    code = "clock-override-unchanged"
    message = _("与现行时限没有不同，请修改后再试")


class Pending(CustodianError):
    """Another change of the same clock waits for its approval."""

    code = "clock-override-pending"
    status = 409
    message = _("这项时限已有一项修改待复核")


ERRORS = (BadLength, LawIsShorter, TargetIsLonger, NotAhead, Unchanged, Pending)


def propose_clock(
    code: str,
    *,
    length: str = "",
    target: str = "",
    since: date,
    until: date | None = None,
    enabled: bool = True,
    reason: str,
    actor: Actor,
) -> Approval:
    """Ask for another length or target for what begins from `since` on; empty is the pack's, and none.

    `until` is the first day on which the pack holds again. Raises one of `ERRORS` or `UnknownClock`.
    """
    rule = Book().known(code)
    terms = {
        "length": _checked(rule, length),
        "target": _checked(rule, target),
        "enabled": enabled,
    }
    _check_terms(rule, terms)
    if since <= today() or (until is not None and until <= since):
        raise NotAhead
    newest = ClockOverride.objects.filter(rule=code).first()
    if until is None and terms == _so_far(rule, newest, since):
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
        table=ClockOverride,
        pending=Pending,
        action=Action.LAW_PROPOSE,
        facts={"law-clock": code},
        actor=actor,
    )


def waiting(code: str) -> Approval | None:
    return proposals.waiting(KIND, rule=code)


def _checked(rule: ClockRule, text: str) -> str:
    """As it is kept; of the rule's own unit, so that the two can be told apart by their numbers."""
    if not text:
        return ""
    try:
        found = Length.read(text)
    except ValueError as error:
        raise BadLength from error
    by_itself = rule.length is not None and (rule.length.at_once or rule.length.unit is found.unit)
    if not by_itself or found.at_once:
        raise BadLength
    return str(found)


def _check_terms(rule: ClockRule, terms: Mapping[str, Any]) -> None:
    length = Length.read(terms["length"]) if terms["length"] else rule.length
    if rule.binds:
        at_once = rule.length is not None and rule.length.at_once
        beyond = bool(terms["length"]) and (at_once or (length and not rule.keeps(length)))
        if beyond or not terms["enabled"]:
            raise LawIsShorter(rule)
    if terms["target"] and length is not None and not length.at_once:
        target = Length.read(terms["target"])
        if target.unit is not length.unit or not target.within(length):
            raise TargetIsLonger


def _so_far(rule: ClockRule, newest: ClockOverride | None, since: date) -> dict[str, Any] | None:
    """What would hold on that day without the proposal; the pack's own length is said as empty."""
    if newest is not None and newest.since <= since and newest.until is None:
        return {"length": newest.length, "target": newest.target, "enabled": newest.enabled}
    if newest is None:
        target = str(rule.target) if rule.target else ""
        return {"length": "", "target": target, "enabled": rule.enabled}
    return None


class _Kind:
    action = Action.LAW_APPROVE
    label = _("时限的改动")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:law_clock", args=[payload["rule"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A clock is about everybody."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        rule = pack_rule(payload["rule"])
        base = ClockOverride.objects.filter(rule=payload["rule"], version=payload["base"]).first()
        before = {"length": base.length, "target": base.target} if base else _of_pack(rule)
        rows: list[tuple[Any, Sequence[Any]]] = [
            (pgettext_lazy("一项", "时限"), [f"{clock_words.name(rule)} · {rule.code}"]),
            (_("法规库"), [clock_words.counted(rule)]),
            (_("时限长度"), [turned(rule, before["length"], payload["length"])]),
            (_("本公司目标"), [turned(rule, before["target"], payload["target"], none="—")]),
            (pgettext_lazy("规则", "启用"), [_("是") if payload["enabled"] else _("否")]),
            (_("依据"), [words.cite(clause(rule.clause)) if rule.clause else _("本公司默认")]),
            (_("自"), [payload["since"]]),
        ]
        if payload["until"]:
            rows.append((_("至"), [payload["until"]]))
        return [*rows, (_("理由"), [payload["reason"]])]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """From the proposed day on, or from tomorrow if that has passed: never for what runs already."""
        said = approval.payload
        _check_terms(Book().known(said["rule"]), said)
        since = max(date.fromisoformat(said["since"]), today() + DAY)
        until = date.fromisoformat(said["until"]) if said["until"] else None
        if until is not None and until <= since:
            raise NotAhead
        follow(
            ClockOverride(
                rule=said["rule"],
                version=said["base"] + 1,
                length=said["length"],
                target=said["target"],
                enabled=said["enabled"],
                since=since,
                until=until,
                reason=said["reason"],
                approval=approval,
            ),
            ClockOverride.objects.filter(rule=said["rule"]),
        )

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


def _of_pack(rule: ClockRule) -> dict[str, str]:
    return {"length": "", "target": str(rule.target) if rule.target else ""}


def turned(rule: ClockRule, before: str, after: str, *, none: str = "") -> str:
    """15 天 → 10 天, or only the one that stays; empty is the pack's length, or `none`."""
    was, becomes = (_worded(rule, each, none) for each in (before, after))
    return becomes if was == becomes else f"{was} → {becomes}"


def _worded(rule: ClockRule, text: str, none: str) -> str:
    if text:
        return clock_words.length(Length.read(text))
    return none or (clock_words.length(rule.length) if rule.length else "—")


approvals.register(KIND, _Kind())
