"""Clauses with their confirmations, and the rules of retention of a day with this insurer's overrides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access.models import Confirmation, RuleOverride
from custodian import clock
from custodian.errors import CustodianError
from custodian.regimes.packs import (
    CONFIRMED,
    TEXT,
    Clause,
    Mark,
    Pack,
    RetentionRule,
    Trigger,
    load,
    regimes,
)
from custodian.regimes.periods import Period

# What begins so is this insurer's own: a rule that no pack has, or what it adds to a minimum of the law.
OWN: Final = "own-"


class UnknownClause(CustodianError):
    """No pack has a clause of this code."""

    code = "unknown-clause"
    status = 404
    message = _("法规条款库中没有这一条款，请核对代码")


class UnknownRule(CustodianError):
    """Neither the installed pack nor this insurer has a rule of this code."""

    code = "unknown-retention-rule"
    status = 404
    message = _("没有这条保存规则，请核对代码")


@dataclass(frozen=True)
class Provision(Clause):
    """A clause with what this insurer has confirmed of it; `mark` and `source` are then of that."""

    confirmation: Confirmation | None = None


def pack() -> Pack:
    """The law that this installation works under."""
    return load(settings.CUSTODIAN_REGIME)


def today() -> date:
    """The day at the office, from which what is dated is counted."""
    return clock.local().date()


def text_of(found: Clause) -> dict[str, str]:
    """What a confirmation is about: another text is not confirmed by it."""
    return {name: getattr(found, name) for name in TEXT}


def pack_clause(code: str) -> Clause:
    """As the pack says it; raises `UnknownClause`."""
    regime = code.partition("-")[0].lower()
    found = load(regime).clauses.get(code) if regime in regimes() else None
    if found is None:
        raise UnknownClause
    return found


def clause(code: str, *, on: date | None = None) -> Provision:
    """The clause with the confirmation in force on the day, else today; raises `UnknownClause`."""
    found = pack_clause(code)
    rows = Confirmation.objects.in_force(on or today()).filter(clause=code)
    row = rows.select_related("approval__requested_by", "approval__decided_by").first()
    return _known(found, row)


def clauses(regime: str = "", *, on: date | None = None) -> dict[str, Provision]:
    """All of a pack, the installed one unless told, with their confirmations, in the pack's order."""
    held = Confirmation.objects.in_force(on or today()).order_by("version")
    rows = {each.clause: each for each in held}
    found = load(regime) if regime else pack()
    return {code: _known(each, rows.get(code)) for code, each in found.clauses.items()}


def _known(found: Clause, row: Confirmation | None) -> Provision:
    said = {each.name: getattr(found, each.name) for each in fields(Clause)}
    if row is None or row.text != text_of(found):
        return Provision(**said)
    confirmed = {"mark": Mark(row.mark), "source": row.source, "source_en": row.source}
    return Provision(**{**said, **confirmed}, confirmation=row)


def retention_rules(on: date) -> tuple[RetentionRule, ...]:
    """The rules in force on that day, this insurer's overrides applied; the longest that fits counts.

    A default of the pack is replaced, or left out where it is switched off. A binding minimum stays as it
    is: where this insurer keeps longer, its period stands beside it as `own-<code>`, marked as a default,
    so that a choice of the house never looks like law. A rule that waited for the confirmation of its
    clause binds from the day of the confirmation.
    """
    rows = RuleOverride.objects.in_force(on).order_by("version")
    held = {each.rule: each for each in rows}
    rules = [each for each in known_rules(on=on).values() if each.in_force(on)]
    own = (own_rule(each) for each in held.values() if each.own is not None and each.enabled)
    return (*(found for rule in rules for found in _applied(rule, held.get(rule.code))), *own)


def known_rules(*, on: date | None = None) -> dict[str, RetentionRule]:
    """The pack's rules of all dates, as sure as what is known of their clauses, without overrides."""
    known = clauses(on=on)
    return {code: _as_sure(each, known.get(each.clause)) for code, each in pack().retention.items()}


def _as_sure(rule: RetentionRule, found: Provision | None) -> RetentionRule:
    if found is None or found.confirmation is None or rule.mark is Mark.DEFAULT:
        return rule
    return replace(rule, mark=found.mark, binding=found.mark in CONFIRMED)


def _applied(rule: RetentionRule, override: RuleOverride | None) -> Iterator[RetentionRule]:
    if override is None:
        yield rule
    elif rule.binding:
        yield rule
        period = Period.read(override.period)
        # The law may have become longer since, or come to bind: it is never undercut.
        if override.enabled and period != rule.period and period.reaches(rule.period):
            yield _ours(rule, override, code=f"{OWN}{rule.code}")
    elif override.enabled:
        yield _ours(rule, override, code=rule.code)


def _ours(rule: RetentionRule, override: RuleOverride, *, code: str) -> RetentionRule:
    return replace(
        rule,
        code=code,
        period=Period.read(override.period),
        binding=False,
        mark=Mark.DEFAULT,
        since=override.since,
        until=override.until,
    )


def own_rule(override: RuleOverride) -> RetentionRule:
    """What the row of a rule of this insurer's own says."""
    own: Mapping[str, Any] = override.own or {}
    return RetentionRule(
        code=override.rule,
        regime=settings.CUSTODIAN_REGIME,
        about=tuple(own["about"]),
        trigger=Trigger(own["trigger"]),
        period=Period.read(override.period),
        binding=False,
        clause=own["clause"],
        mark=Mark.DEFAULT,
        when=dict(own["when"]),
        since=override.since,
        until=override.until,
    )


def rule(code: str, *, on: date | None = None) -> RetentionRule:
    """The pack's rule without overrides, or the newest of this insurer's own; raises `UnknownRule`.

    What this insurer adds to a rule of the pack is found with the rule that it adds to.
    """
    known = known_rules(on=on)
    found = known.get(code) or known.get(code.removeprefix(OWN))
    if found is not None:
        return found
    row = RuleOverride.objects.filter(rule=code, own__isnull=False).first()
    if row is None:
        raise UnknownRule
    return own_rule(row)
