"""Reads the packs: one file for each legal order, checked as a whole before anything of it is used."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, dataclass, field, fields
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Final

import yaml

from custodian.regimes.periods import Period

FOLDER: Final = Path(__file__).parent
# What rules of retention are about: kinds of holdings, then the house's own records.
HOLDINGS: Final = (
    "identity", "financial", "policy", "claim", "document", "correction", "former",
)  # fmt: skip
RECORDS: Final = (
    "querylog", "export", "approval", "finding", "incident", "request", "training",
    "audit_report", "certificate", "sharing", "assessment", "recording", "complaint",
    "sanction", "deal_room", "compliance_evidence",
)  # fmt: skip
KINDS: Final = frozenset((*HOLDINGS, *RECORDS))
# What a rule may ask of the contract: whether its term is up to a year, or longer.
CONDITIONS: Final[Mapping[str, frozenset[str]]] = {"term": frozenset({"short", "long"})}
# What a clause says in both languages.
TEXT: Final = ("law", "law_en", "article", "article_en", "says", "says_en")
SAID: Final = (*TEXT, "source", "source_en")


class BadPack(ValueError):
    """A pack cannot be used; says the file, the code and what is wrong there."""

    def __init__(self, regime: str, code: object, wrong: str) -> None:
        super().__init__(f"{regime}.yaml: {code}: {wrong}")


class Mark(StrEnum):
    """How sure it is that the clause says so."""

    READ = "V1"  # the statute or official text was read
    SECONDARY = "V2"  # a page that quotes it was read
    UNCONFIRMED = "M"  # nobody has confirmed it yet: an editable default, never law
    DEFAULT = "-"  # this company's own choice


# Marks of what counts as law, and how strong each is.
CONFIRMED: Final = frozenset({Mark.READ, Mark.SECONDARY})
STRENGTH: Final = {Mark.DEFAULT: 0, Mark.UNCONFIRMED: 1, Mark.SECONDARY: 2, Mark.READ: 3}


class Trigger(StrEnum):
    """The event from whose day a retention period is counted."""

    CONTRACT_TERMINATED = "contract_terminated"
    RELATIONSHIP_ENDED = "relationship_ended"
    TRANSACTION = "transaction"
    CLAIM_CLOSED = "claim_closed"
    CONSENT_WITHDRAWN = "consent_withdrawn"
    LAST_CONTACT = "last_contact"
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
        return _in_force(self.since, self.until, on)


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
        return _in_force(self.since, self.until, on)


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
    """The pack of `cn`, `eu`, `uk` or `us`; raises `BadPack`."""
    return read((FOLDER / f"{regime}.yaml").read_text("utf-8"), regime)


def regimes() -> list[str]:
    return sorted(path.stem for path in FOLDER.glob("*.yaml"))


def read(text: str, regime: str) -> Pack:
    """The pack that the text of a file says; raises `BadPack` with the code where it is wrong."""
    try:
        content = yaml.safe_load(text)
    except yaml.YAMLError as error:
        raise BadPack(regime, "file", f"is no YAML: {error}") from error
    _has(content, {"title", "title_en", "laws", "clauses", "retention"}, regime=regime, code="file")
    laws = content["laws"]
    clauses = _by_code((_clause(each, laws, regime) for each in content["clauses"]), regime)
    rules = _by_code((_rule(each, regime) for each in content["retention"]), regime)
    for rule in rules.values():
        _check_source(rule, clauses)
    return Pack(regime, content["title"], content["title_en"], clauses, rules)


def _clause(row: Any, laws: Mapping[str, Any], regime: str) -> Clause:
    """What a clause does not say itself stands with its law: names, where it was read, dates."""
    code = _code(row, regime, f"{regime.upper()}-")
    law = laws.get(row.get("law"))
    if law is None:
        raise BadPack(regime, code, "names no law of the file")
    said = {**law, **{key: value for key, value in row.items() if key != "law"}}
    found: Clause = _made(Clause, {**said, "regime": regime, "mark": _mark(said, regime)}, code)
    _check_dates(found)
    empty = [name for name in SAID if not str(getattr(found, name)).strip()]
    if empty or found.mark is Mark.DEFAULT:
        raise BadPack(regime, code, f"lacks {', '.join(empty) or 'a mark of a source'}")
    return found


def _rule(row: Any, regime: str) -> RetentionRule:
    code = _code(row, regime, f"{regime}-")
    try:
        given = {
            "regime": regime,
            "about": tuple(row["about"]),
            "trigger": Trigger(row["trigger"]),
            "period": Period.read(str(row["period"])),
            "mark": _mark(row, regime),
            "clause": row.get("clause", ""),
        }
    except (KeyError, ValueError) as error:
        raise BadPack(regime, code, f"cannot be read: {error}") from error
    found: RetentionRule = _made(RetentionRule, {**row, **given}, code)
    if not found.about or not KINDS.issuperset(found.about):
        raise BadPack(regime, code, "is about something unknown")
    if any(value not in CONDITIONS.get(name, ()) for name, value in found.when.items()):
        raise BadPack(regime, code, "has a condition that nobody knows")
    if found.binding not in (True, False):
        raise BadPack(regime, code, "binds or does not")
    _check_dates(found)
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


def _code(row: Any, regime: str, prefix: str) -> str:
    code = row.get("code") if isinstance(row, Mapping) else None
    if not isinstance(code, str) or not code.startswith(prefix):
        raise BadPack(regime, code or row, f"needs a code that begins with {prefix}")
    return code


def _mark(row: Mapping[str, Any], regime: str) -> Mark:
    """`M?`, from memory and unsure, is as unconfirmed as `M`."""
    try:
        return Mark(str(row.get("mark")).replace("M?", "M"))
    except ValueError as error:
        raise BadPack(regime, row.get("code"), f"{row.get('mark')} is no mark") from error


def _made(kind: Any, said: Mapping[str, Any], code: str) -> Any:
    known = {each.name for each in fields(kind)}
    optional = {
        each.name
        for each in fields(kind)
        if each.default is not MISSING or each.default_factory is not MISSING
    }
    _has(said, known - optional, regime=said["regime"], code=code, also=optional)
    return kind(**said)


def _has(said: Any, needed: set[str], *, regime: str, code: str, also: Iterable[str] = ()) -> None:
    keys = set(said) if isinstance(said, Mapping) else set()
    if lacking := sorted(needed - keys):
        raise BadPack(regime, code, f"lacks {', '.join(lacking)}")
    if unknown := sorted(str(key) for key in keys - needed - set(also)):
        raise BadPack(regime, code, f"has unknown {', '.join(unknown)}")


def _check_dates(found: Clause | RetentionRule) -> None:
    for day in (found.since, found.until):
        if day is not None and type(day) is not date:
            raise BadPack(found.regime, found.code, f"{day} is no date")
    if found.since and found.until and found.since >= found.until:
        raise BadPack(found.regime, found.code, "ends before it begins")


def _by_code(rows: Iterable[Any], regime: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in rows:
        if each.code in found:
            raise BadPack(regime, each.code, "stands there twice")
        found[each.code] = each
    return found


def _in_force(since: date | None, until: date | None, on: date) -> bool:
    return (since is None or since <= on) and (until is None or on < until)
