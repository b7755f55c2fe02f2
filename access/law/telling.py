"""Rules and clauses as the law library shows them: what holds, what is ahead, what each version changed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from access.law import overriding, words
from access.law.reading import Provision, known_rules, own_rule, pack_clause
from access.models import (
    Approval,
    CalendarYear,
    ClockOverride,
    Confirmation,
    CountOverride,
    PurposeOverride,
    RuleOverride,
)
from custodian.regimes.packs import TEXT, RetentionRule
from custodian.regimes.periods import Period

Changes = list[tuple[Any, str, str]]  # what, before, after
Row = RuleOverride | Confirmation | ClockOverride | CountOverride | PurposeOverride | CalendarYear


@dataclass(frozen=True)
class ToldRule:
    """A rule as the pack has it, or of this insurer's own, with what this insurer says of it."""

    rule: RetentionRule
    override: RuleOverride | None  # in force on the day
    ahead: RuleOverride | None  # approved, and not in force yet
    waiting: Approval | None

    @property
    def what(self) -> str:
        return words.what(self.rule)

    @property
    def counted(self) -> str:
        return words.counted(self.rule)

    @property
    def is_own(self) -> bool:
        return self.override is not None and self.override.own is not None

    @property
    def is_off(self) -> bool:
        """Switched off; a minimum of the law never is, whatever a row says."""
        return self.override is not None and not self.override.enabled and not self.rule.binding

    @property
    def ours(self) -> str:
        """This insurer's period where it is another one than the rule's."""
        if self.override is None or not self.override.enabled or self.is_own:
            return ""
        period = Period.read(self.override.period)
        undercuts = self.rule.binding and not period.reaches(self.rule.period)
        return "" if undercuts or period == self.rule.period else words.period(period)


@dataclass(frozen=True)
class Version:
    """One version with what it changed; without a row it is what the pack says."""

    row: Row | None
    changes: Changes
    state: str  # now, ahead, past, replaced, never
    reason: str = ""


def rules(on: date) -> list[ToldRule]:
    """The rules of the installed pack in force on the day, then this insurer's own."""
    held = {each.rule: each for each in RuleOverride.objects.in_force(on).order_by("version")}
    ahead = {each.rule: each for each in RuleOverride.objects.filter(since__gt=on)
             .exclude(until__lte=on).order_by("-since", "version") if each.until != each.since}  # fmt: skip
    asked = {each.payload["rule"]: each
             for each in Approval.objects.waiting().filter(kind=overriding.KIND)}  # fmt: skip
    found = [each for each in known_rules(on=on).values() if each.in_force(on)]
    found += [own_rule(each) for each in _own(held, ahead)]
    return [
        ToldRule(each, held.get(each.code), ahead.get(each.code), asked.get(each.code))
        for each in found
    ]


def _own(held: dict[str, RuleOverride], ahead: dict[str, RuleOverride]) -> Iterable[RuleOverride]:
    """This insurer's own rules, each by its row in force, else by the one that is coming."""
    rows = {**ahead, **held}
    return [each for _code, each in sorted(rows.items()) if each.own is not None]


def versions_of_rule(rule: RetentionRule, on: date) -> list[Version]:
    """Newest first; the last one is the pack's, which has no row."""
    rows = RuleOverride.objects.filter(rule=rule.code).select_related(
        "approval__requested_by", "approval__decided_by"
    )
    base = known_rules(on=on).get(rule.code)
    period, enabled = (words.period(base.period), True) if base else ("—", True)
    told = (
        [Version(None, [(_("保存期限"), "—", period)], _state_of_pack(base, on, rows))]
        if base
        else []
    )
    for row in reversed(rows):
        after = words.period(Period.read(row.period))
        changes: Changes = [(_("保存期限"), period, after)] if after != period else []
        if row.enabled != enabled:
            changes.append((_("启用"), yes(enabled), yes(row.enabled)))
        told.append(Version(row, changes, state_of(row, on), row.reason))
        period, enabled = after, row.enabled
    return told[::-1]


def versions_of_clause(found: Provision, on: date) -> list[Version]:
    """Newest first; the last one is the pack's as it says today."""
    said = pack_clause(found.code)
    rows = Confirmation.objects.filter(clause=found.code).select_related(
        "approval__requested_by", "approval__decided_by"
    )
    oldest = rows.last()
    mark, source, text = said.mark.value, words.source(said), oldest.text if oldest else {}
    first: Changes = [(_("标记"), "—", words.mark_word(mark)), (_("出处"), "—", source)]
    told = [Version(None, first, "replaced" if found.confirmation else "now")]
    for row in reversed(rows):
        changes = [(_("标记"), words.mark_word(mark), words.mark_word(row.mark)),
                   (_("出处"), source, row.source)]  # fmt: skip
        changes += _text_changes(text, row.text)
        told.append(
            Version(row, [each for each in changes if each[1] != each[2]], state_of(row, on))
        )
        mark, source, text = row.mark, row.source, row.text
    return told[::-1]


def text_since(found: Provision) -> Changes:
    """What the pack says otherwise than the newest confirmation: it has to be confirmed again."""
    row = Confirmation.objects.filter(clause=found.code).first()
    if row is None:
        return []
    return list(_text_changes(row.text, {name: getattr(found, name) for name in TEXT}))


def _text_changes(before: dict[str, str], after: dict[str, str]) -> Iterator[tuple[Any, str, str]]:
    names = {"law": _("法规"), "article": _("条款"), "says": pgettext("条款", "内容")}
    for name in TEXT:
        was, becomes = before.get(name, ""), after.get(name, "")
        if was != becomes:
            yield names[name.removesuffix("_en")], was, becomes


def state_of(row: Row, on: date) -> str:
    """now, ahead, past, or never where it was overtaken before its day."""
    if row.until is not None and row.until <= row.since:
        return "never"
    if row.since > on:
        return "ahead"
    return "past" if row.until is not None and row.until <= on else "now"


def _state_of_pack(base: RetentionRule, on: date, rows: Iterable[RuleOverride]) -> str:
    """A minimum of the law holds whatever stands beside it."""
    taken = not base.binding and any(state_of(each, on) == "now" for each in rows)
    return "replaced" if taken else "now"


def yes(enabled: bool) -> str:  # noqa: FBT001  a value to be told, no switch
    return _("是") if enabled else _("否")
