"""Clocks of the law and of the house as data: what starts them, how long they run, by which clause."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from custodian.regimes import deadlines
from custodian.regimes.calendars import Calendar
from custodian.regimes.deadlines import Deadline
from custodian.regimes.lengths import Length
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

COMPANY: Final = "co"
_MONTH_DAY = re.compile(r"\d\d-\d\d")
_SLUG = re.compile(r"[a-z0-9_]+")
# What a clock may ask of its case, and the answers that there are.
CONDITIONS: Final[Mapping[str, frozenset[str]]] = {
    "severity": frozenset({"critical"}),
    "level": frozenset({"significant_or_more"}),
    "operator": frozenset({"cii", "central_organ", "other"}),
    "reported_to": frozenset({"cac"}),
    "contract": frozenset({"silent"}),
    "data": frozenset({"important", "no_important"}),
    "area": frozenset({"pboc"}),
    "people": frozenset({"over_10m", "up_to_10m", "1m_or_more"}),
    "cryptography": frozenset({"cii"}),
    "consumers": frozenset({"domicile_or_250"}),
    "persons": frozenset({"500_or_more", "fewer_than_500"}),
}


class Kind(StrEnum):
    DEADLINE = "deadline"  # to be done within the length
    WAIT = "wait"  # nothing goes on before the length is over
    BEFORE = "before"  # to be done before the start itself


class Occasion(StrEnum):
    """What the clock is about."""

    ACCOUNT_CANCELLATION = "account_cancellation"
    CLAIM_AGREEMENT = "claim_agreement"
    CLAIM_AMOUNT_UNDETERMINED = "claim_amount_undetermined"
    CLAIM_COMPLEX_DECISION = "claim_complex_decision"
    CLAIM_PAPERS = "claim_papers"
    CLAIM_REFUSED = "claim_refused"
    COMPLAINT = "complaint"
    CORRECTION = "correction"
    CRYPTOGRAPHY = "cryptography"
    CYBER_INCIDENT = "cyber_incident"
    DATA_INCIDENT = "data_incident"
    EXTORTION_PAID = "extortion_paid"
    FRAUD_CALL = "fraud_call"
    HOST_STATE_CONSULT = "host_state_consult"
    ICT_INCIDENT = "ict_incident"
    INDIRECT_COLLECTION = "indirect_collection"
    INTERMEDIARY_LETTER = "intermediary_letter"
    ORDERED_AUDIT = "ordered_audit"
    PBOC_INCIDENT = "pboc_incident"
    PI_BREACH = "pi_breach"
    PI_OFFICER = "pi_officer"
    PRODUCT_VULNERABILITY = "product_vulnerability"
    QUESTION = "question"
    RIGHTS_REQUEST = "rights_request"
    SCHEDULE = "schedule"
    SIGN_IN_PROOF = "sign_in_proof"
    TRANSFER = "transfer"


class Start(StrEnum):
    """The event from which the clock runs."""

    AGREED = "agreed"
    APPLIED = "applied"
    AWARE = "aware"
    CLASSIFIED = "classified"
    CLOSED = "closed"
    COMPLETE = "complete"
    CONSULTED = "consulted"
    DATA_MOVE = "data_move"
    DECIDED = "decided"
    DETERMINED = "determined"
    OBTAINED = "obtained"
    OCCURRED = "occurred"
    PAID = "paid"
    PREVIOUS = "previous"
    PUBLISHED = "published"
    REACHED = "reached"
    RECEIVED = "received"
    RECTIFIED = "rectified"
    SENT = "sent"
    YEAR_ENDED = "year_ended"


class NotExtendable(ValueError):
    """The clock has no such extension, has had it, or needs another one first."""


@dataclass(frozen=True)
class Extension:
    """More time: up to a length in all, or so much more. `after` names the one that must come first."""

    code: str
    name: str
    name_en: str
    regime: str
    to: Length | None = None
    add: Length | None = None
    after: str = ""
    approval: bool = False  # by somebody else


@dataclass(frozen=True)
class ClockRule:
    """One clock. `law`: the law asks for it; it `binds` once its clause has been read by somebody."""

    code: str
    regime: str
    name: str
    name_en: str
    trigger: Occasion
    start: Start
    law: bool
    clause: str  # its code, or nothing
    mark: Mark
    length: Length | None = None  # nothing where it is due on a day of the year
    kind: Kind = Kind.DEADLINE
    action: str = ""  # which report, letter or payment, as a code
    to: str = ""  # to whom
    to_en: str = ""
    note: str = ""  # what the data cannot say
    note_en: str = ""
    when: Mapping[str, str] = field(default_factory=dict)  # of CONDITIONS
    target: Length | None = None  # what the company means to keep; never law
    extensions: tuple[Extension, ...] = ()
    repeats: bool = False  # the next one runs from the last
    yearly: str = ""  # MM-DD
    cap: Length | None = None  # and in any case so long from `cap_start`
    cap_start: Start | None = None
    enabled: bool = True
    since: date | None = None
    until: date | None = None

    @property
    def binds(self) -> bool:
        return self.law and self.mark in CONFIRMED

    def in_force(self, on: date) -> bool:
        return holds(self, on)

    def keeps(self, length: Length) -> bool:
        """Whether a company that takes this length keeps what the law gives: to act sooner, to wait longer.

        Raises ValueError for another unit.
        """
        if self.length is None:
            return True
        if self.kind is Kind.WAIT:
            return self.length.within(length)
        return length.within(self.length)

    def extension(self, code: str) -> Extension:
        found = next((each for each in self.extensions if each.code == code), None)
        if found is None:
            raise NotExtendable(f"{self.code} has no extension {code}")
        return found

    def extended(self, codes: Sequence[str]) -> Length:
        """How long it runs with these extensions, one after the other; raises `NotExtendable`."""
        if self.length is None:
            raise NotExtendable(f"{self.code} is due on a day of the year")
        length = self.length
        for count, code in enumerate(codes):
            found, before = self.extension(code), codes[:count]
            if code in before or (found.after and found.after not in before):
                raise NotExtendable(f"{self.code}: {code} is not in its turn")
            longer = found.to or length + (found.add or length)
            length = length if longer.within(length) else longer
        return length

    def deadline(
        self, start: datetime, calendar: Calendar, *, extended: Sequence[str] = ()
    ) -> Deadline:
        """When it is due; of a wait, when it is over. Raises `NotExtendable`."""
        if self.yearly:
            if extended:
                raise NotExtendable(f"{self.code} is due on a day of the year")
            return deadlines.yearly(start, self.yearly)
        return deadlines.due(start, self.extended(extended), calendar)


def read(rows: Iterable[Any], regime: str, clauses: Mapping[str, Mark]) -> dict[str, ClockRule]:
    """The clocks by code; raises `BadPack`. `clauses` are the marks of those that may be named."""
    found: dict[str, ClockRule] = by_code((_clock(each, regime) for each in rows), regime)
    for rule in found.values():
        _check_source(rule, clauses)
    return found


def _clock(row: Any, regime: str) -> ClockRule:
    code = code_of(row, regime, f"{regime.upper()}-")
    try:
        said = {**row, **_read(row, code, regime), "regime": regime, "mark": mark_of(row, regime)}
    except (KeyError, TypeError, ValueError) as error:
        if isinstance(error, BadPack):
            raise
        raise BadPack(regime, code, f"cannot be read: {error}") from error
    found: ClockRule = made(ClockRule, said, code)
    check_dates(found)
    if wrong := _fault(found):
        raise BadPack(regime, code, wrong)
    return found


def _read(row: Mapping[str, Any], code: str, regime: str) -> dict[str, Any]:
    lengths = {
        name: Length.read(str(row[name])) for name in ("length", "target", "cap") if name in row
    }
    return {
        **lengths,
        "trigger": Occasion(row["trigger"]),
        "start": Start(row["start"]),
        "kind": Kind(row.get("kind", Kind.DEADLINE)),
        "cap_start": Start(row["cap_start"]) if "cap_start" in row else None,
        "clause": row.get("clause", ""),
        "extensions": tuple(_extension(each, code, regime) for each in row.get("extensions", ())),
    }


def _extension(row: Any, code: str, regime: str) -> Extension:
    has(
        row, {"code", "name", "name_en"}, regime=regime, code=code, also={"to", "add", "after", "approval"}
    )  # fmt: skip
    lengths = {name: Length.read(str(row[name])) for name in ("to", "add") if name in row}
    found: Extension = made(Extension, {**row, **lengths, "regime": regime}, code)
    return found


def _fault(rule: ClockRule) -> str:
    """What is wrong with the row itself, or nothing."""
    texts = ((rule.name, rule.name_en), (rule.to, rule.to_en), (rule.note, rule.note_en))
    switches = (rule.law, rule.repeats, rule.enabled)
    faults = {
        "lacks words in one language": not rule.name
        or any(bool(one) != bool(other) for one, other in texts),
        "has neither a length nor a day of the year, or both": (rule.length is None)
        != _is_day_of_year(rule.yearly),
        "has a condition that nobody knows": any(
            value not in CONDITIONS.get(name, ()) for name, value in rule.when.items()
        ),
        "does not say its condition in words": rule.when and not rule.note,
        "is law or is not": any(type(each) is not bool for each in switches),
        "has an action that is no code": rule.action and not _SLUG.fullmatch(rule.action),
        "has half a cap": (rule.cap is None) != (rule.cap_start is None),
    }
    return next((said for said, wrong in faults.items() if wrong), "") or _fault_of_lengths(rule)


def _is_day_of_year(text: str) -> bool:
    """`MM-DD` that each year has."""
    try:
        return _MONTH_DAY.fullmatch(text) is not None and bool(date.fromisoformat(f"2001-{text}"))
    except ValueError:
        return False


def _fault_of_lengths(rule: ClockRule) -> str:
    if rule.length is None:
        return "has a target or extensions of no length" if rule.target or rule.extensions else ""
    try:
        if rule.target and not rule.length.at_once and not rule.target.within(rule.length):
            return "has a target that is longer than it"
        found = (_fault_of_extension(rule, rule.length, at) for at in range(len(rule.extensions)))
        return next(filter(None, found), "")
    except ValueError as error:
        return str(error)


def _fault_of_extension(rule: ClockRule, length: Length, at: int) -> str:
    found, before = rule.extensions[at], {each.code for each in rule.extensions[:at]}
    faults = {
        "cannot be read": (found.to is None) == (found.add is None)
        or type(found.approval) is not bool,
        "is there twice": found.code in before,
        "comes after one that is not there": found.after and found.after not in before,
        "gives no time": (found.to or length + (found.add or length)).within(length),
    }
    wrong = next((said for said, each in faults.items() if each), "")
    return wrong and f"has an extension {found.code} that {wrong}"


def _check_source(rule: ClockRule, clauses: Mapping[str, Mark]) -> None:
    """A company's own time needs no clause; what is law names one that is as sure as it."""
    mark = clauses.get(rule.clause)
    if mark is None and (rule.clause or rule.law or rule.mark is not Mark.DEFAULT):
        raise BadPack(rule.regime, rule.code, "names no clause of the file")
    if rule.regime == COMPANY and (rule.law or rule.mark is not Mark.DEFAULT):
        raise BadPack(rule.regime, rule.code, "is the company's, and says that it is law")
    if rule.law and rule.mark is Mark.DEFAULT:
        raise BadPack(rule.regime, rule.code, "is law by a company's choice")
    if mark is not None and STRENGTH[rule.mark] > STRENGTH[mark]:
        raise BadPack(rule.regime, rule.code, "is surer than its clause")
