"""Reads the packs: one file for each legal order, checked as a whole before anything of it is used."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from custodian.regimes.periods import Period

FOLDER = Path(__file__).parent


class Mark(StrEnum):
    """How sure it is that the clause says so."""

    READ = "V1"  # the statute or official text was read
    SECONDARY = "V2"  # a page that quotes it was read
    UNCONFIRMED = "M"  # nobody has confirmed it yet: an editable default, never law
    DEFAULT = "-"  # this company's own choice


class Trigger(StrEnum):
    """The event from whose day a retention period is counted."""

    CONTRACT_TERMINATED = "contract_terminated"
    RELATIONSHIP_ENDED = "relationship_ended"
    TRANSACTION = "transaction"
    CLAIM_CLOSED = "claim_closed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    LAST_CONTACT = "last_contact"
    CREATED = "created"


@dataclass(frozen=True)
class Clause:
    """One provision. `says` is told in our own words, never quoted."""

    code: str
    regime: str
    law: str
    law_en: str
    article: str
    says: str
    says_en: str
    mark: Mark
    source: str  # where it was read
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class RetentionRule:
    """What is kept for how long after which event. `binding`: a minimum of the law; else a default."""

    code: str
    regime: str
    about: tuple[str, ...]  # kinds of holdings or of records
    trigger: Trigger
    period: Period
    binding: bool
    clause: str
    mark: Mark
    when: Mapping[str, str] = field(
        default_factory=dict
    )  # {"term": "short"}: contracts of up to a year
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Pack:
    """One legal order."""

    regime: str
    title: str
    title_en: str
    clauses: Mapping[str, Clause]
    retention: Mapping[str, RetentionRule]


@cache
def load(regime: str) -> Pack:
    """The pack of `cn`, `eu`, `uk` or `us`; raises ValueError where a rule names no clause of it."""
    content = yaml.safe_load((FOLDER / f"{regime}.yaml").read_text("utf-8"))
    clauses = {each["code"]: _clause(each, regime) for each in content["clauses"]}
    rules = {each["code"]: _rule(each, regime) for each in content["retention"]}
    for rule in rules.values():
        if rule.clause not in clauses and (rule.clause or rule.binding):
            raise ValueError(rule.code)
        if rule.binding and rule.mark in {Mark.UNCONFIRMED, Mark.DEFAULT}:
            # What nobody has confirmed is never presented as law.
            raise ValueError(rule.code)
    return Pack(regime, content["title"], content["title_en"], clauses, rules)


def regimes() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def _clause(row: Mapping[str, Any], regime: str) -> Clause:
    return Clause(**{**row, "regime": regime, "mark": Mark(row["mark"])})


def _rule(row: Mapping[str, Any], regime: str) -> RetentionRule:
    read = {
        "regime": regime,
        "about": tuple(row["about"]),
        "trigger": Trigger(row["trigger"]),
        "period": Period.read(row["period"]),
        "mark": Mark(row["mark"]),
        "clause": row.get("clause", ""),
    }
    return RetentionRule(**{**row, **read})
