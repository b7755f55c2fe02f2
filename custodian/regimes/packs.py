"""Reads the packs: one file for each legal order, checked as a whole before anything of it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from custodian import data_files
from custodian.regimes import agreements, clocks, counts, exemptions, ladders, routes
from custodian.regimes.agreements import Term
from custodian.regimes.clocks import ClockRule
from custodian.regimes.counts import CountRule
from custodian.regimes.exemptions import Exemption
from custodian.regimes.ladders import Circumstance, Ladder
from custodian.regimes.periods import Period
from custodian.regimes.routes import Known, Route
from custodian.regimes.rows import (
    CONFIRMED,
    STRENGTH,
    BadPack,
    Mark,
    by_code,
    check_dates,
    code_of,
    has,
    holds,
    made,
    mark_of,
)

__all__ = [
    "CONDITIONS",
    "CONFIRMED",
    "HOLDINGS",
    "KINDS",
    "STRENGTH",
    "TEXT",
    "BadPack",
    "Clause",
    "ClockRule",
    "CountRule",
    "Mark",
    "Pack",
    "RetentionRule",
    "Route",
    "Trigger",
    "company_clocks",
    "load",
    "read",
    "regimes",
]

FOLDER: Final = Path(__file__).parent
# What rules of retention are about: kinds of holdings, then the house's own records.
HOLDINGS: Final = (
    "identity", "financial", "policy", "claim", "document", "request", "correction", "former",
)  # fmt: skip
RECORDS: Final = (
    "querylog", "export", "approval", "finding", "incident", "training",
    "audit_report", "certificate", "sharing", "assessment", "recording", "complaint",
    "sanction", "deal_room", "compliance_evidence", "consent", "published",
)  # fmt: skip
KINDS: Final = frozenset((*HOLDINGS, *RECORDS))
# What a rule may ask of the contract: whether its term is up to a year, or longer.
CONDITIONS: Final[Mapping[str, frozenset[str]]] = {"term": frozenset({"short", "long"})}
# What a clause says in both languages.
TEXT: Final = ("law", "law_en", "article", "article_en", "says", "says_en")
SAID: Final = (*TEXT, "source", "source_en")


class Trigger(StrEnum):
    """The event from whose day a retention period is counted."""

    CONTRACT_TERMINATED = "contract_terminated"
    RELATIONSHIP_ENDED = "relationship_ended"
    TRANSACTION = "transaction"
    CLAIM_CLOSED = "claim_closed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    LAST_CONTACT = "last_contact"
    HANDED_OVER = "handed_over"  # to another insurer, which answers for the customer from then on
    CREATED = "created"
    CLOSED = "closed"


@dataclass(frozen=True)
class Clause:
    """One provision. `says` is told in our own words, never quoted; `until` is the first day without it."""

    code: str
    regime: str
    law: str
    law_en: str
    article: str
    article_en: str
    says: str
    says_en: str
    mark: Mark
    source: str  # where it was read
    source_en: str
    since: date | None = None
    until: date | None = None

    def in_force(self, on: date) -> bool:
        return holds(self, on)


@dataclass(frozen=True)
class RetentionRule:
    """What is kept for how long after which event. `binding`: a minimum of the law; else a default."""

    code: str
    regime: str
    about: tuple[str, ...]  # of KINDS
    trigger: Trigger
    period: Period
    binding: bool
    clause: str  # its code, or nothing
    mark: Mark
    # {"term": "short"}: contracts of up to a year
    when: Mapping[str, str] = field(default_factory=dict)
    since: date | None = None
    until: date | None = None

    def in_force(self, on: date) -> bool:
        return holds(self, on)


@dataclass(frozen=True)
class Pack:
    """One legal order."""

    regime: str
    title: str
    title_en: str
    clauses: Mapping[str, Clause]
    retention: Mapping[str, RetentionRule]
    clocks: Mapping[str, ClockRule]
    counts: Mapping[str, CountRule] = field(default_factory=dict)
    routes: Mapping[str, Route] = field(default_factory=dict)
    # What contracts with partners settle.
    agreements: Mapping[str, Term] = field(default_factory=dict)
    # Levels of incidents that numbers alone decide, and circumstances that demand one.
    ladders: Mapping[str, Ladder] = field(default_factory=dict)
    circumstances: Mapping[str, Circumstance] = field(default_factory=dict)
    # Why customers need not be told of an incident.
    exemptions: Mapping[str, Exemption] = field(default_factory=dict)


@cache
def load(regime: str) -> Pack:
    """The pack of `cn`, `eu`, `uk` or `us`; raises `BadPack`."""
    return read((FOLDER / f"{regime}.yaml").read_text("utf-8"), regime)


def regimes() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read(text: str, regime: str) -> Pack:
    """The pack that the text of a file says; raises `BadPack` with the code where it is wrong."""
    try:
        content = data_files.parse(text)
    except yaml.YAMLError as error:
        raise BadPack(regime, "file", f"is no YAML: {error}") from error
    needed = {"title", "title_en", "laws", "clauses", "retention"}
    also = {
        "agreements",
        "clocks",
        "counts",
        "incident_circumstances",
        "incident_ladders",
        "notice_exemptions",
        "transfer_routes",
    }
    has(content, needed, regime=regime, code="file", also=also)
    laws = content["laws"]
    clauses = by_code((_clause(each, laws, regime) for each in content["clauses"]), regime)
    rules = by_code((_rule(each, regime) for each in content["retention"]), regime)
    for rule in rules.values():
        _check_source(rule, clauses)
    marks = marks_of(clauses)
    known = Known(
        marks,
        clocks.read(content.get("clocks") or (), regime, marks),
        counts.read(content.get("counts") or (), regime, marks),
    )
    return Pack(
        regime,
        content["title"],
        content["title_en"],
        clauses,
        rules,
        known.clocks,
        known.counts,
        routes.read(content.get("transfer_routes") or (), regime, known),
        agreements.read(content.get("agreements") or (), regime, marks),
        ladders.read(content.get("incident_ladders") or (), regime, marks),
        ladders.read_circumstances(content.get("incident_circumstances") or (), regime, marks),
        exemptions.read(content.get("notice_exemptions") or (), regime, marks),
    )


def marks_of(clauses: Mapping[str, Clause]) -> dict[str, Mark]:
    return {code: each.mark for code, each in clauses.items()}


@cache
def company_clocks() -> Mapping[str, ClockRule]:
    """Times that companies usually set themselves, whatever law they are under; raises `BadPack`."""
    known = {
        code: mark for each in regimes() for code, mark in marks_of(load(each).clauses).items()
    }
    rows = data_files.parse((FOLDER / "company" / "clocks.yaml").read_text("utf-8"))
    return clocks.read(rows, clocks.COMPANY, known)


def _clause(row: Any, laws: Mapping[str, Any], regime: str) -> Clause:
    """What a clause does not say itself stands with its law: names, where it was read, dates."""
    code = code_of(row, regime, f"{regime.upper()}-")
    law = laws.get(row.get("law"))
    if law is None:
        raise BadPack(regime, code, "names no law of the file")
    said = {**law, **{key: value for key, value in row.items() if key != "law"}}
    found: Clause = made(Clause, {**said, "regime": regime, "mark": mark_of(said, regime)}, code)
    check_dates(found)
    empty = [name for name in SAID if not str(getattr(found, name)).strip()]
    if empty or found.mark is Mark.DEFAULT:
        raise BadPack(regime, code, f"lacks {', '.join(empty) or 'a mark of a source'}")
    return found


def _rule(row: Any, regime: str) -> RetentionRule:
    code = code_of(row, regime, f"{regime}-")
    try:
        given = {
            "regime": regime,
            "about": tuple(row["about"]),
            "trigger": Trigger(row["trigger"]),
            "period": Period.read(str(row["period"])),
            "mark": mark_of(row, regime),
            "clause": row.get("clause", ""),
        }
    except (KeyError, ValueError) as error:
        raise BadPack(regime, code, f"cannot be read: {error}") from error
    found: RetentionRule = made(RetentionRule, {**row, **given}, code)
    if not found.about or not KINDS.issuperset(found.about):
        raise BadPack(regime, code, "is about something unknown")
    if any(value not in CONDITIONS.get(name, ()) for name, value in found.when.items()):
        raise BadPack(regime, code, "has a condition that nobody knows")
    if found.binding not in (True, False):
        raise BadPack(regime, code, "binds or does not")
    check_dates(found)
    return found


def _check_source(rule: RetentionRule, clauses: Mapping[str, Clause]) -> None:
    clause = clauses.get(rule.clause)
    if clause is None and (rule.clause or rule.binding):
        raise BadPack(rule.regime, rule.code, "names no clause of the file")
    if rule.binding and (
        rule.mark not in CONFIRMED or clause is None or clause.mark not in CONFIRMED
    ):
        # What nobody has confirmed is never presented as law.
        raise BadPack(rule.regime, rule.code, "binds by what nobody has confirmed")
    if clause is not None and STRENGTH[rule.mark] > STRENGTH[clause.mark]:
        raise BadPack(rule.regime, rule.code, "is surer than its clause")
