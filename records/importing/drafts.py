"""What becomes of a row: drafts of what it tells, or a rejection with its reasons.

None of these shows a value when printed.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from records.identifiers.checked import Problem
from records.importing.readers.sheets import Row


class Flaw(NamedTuple):
    """A problem, and the target whose column shows it; None where the whole row is meant."""

    target: str | None
    problem: Problem


class By(StrEnum):
    """How a row names somebody of another sheet."""

    ID_NUMBER = "id_number"
    KEY = "key"
    ROW = "row"


class Reference(NamedTuple):
    by: By
    value: str
    source: str | None = None  # for rows: the name of the source whose row is meant

    def __repr__(self) -> str:
        return f"<Reference by {self.by}>"


@dataclass(slots=True, kw_only=True)
class _Draft:
    source: str
    row: int
    key: str = field(repr=False)
    values: dict[str, str] = field(repr=False)  # by element code, normalised
    agent_staff_no: str | None = field(default=None, repr=False)
    intermediary_code: str | None = None
    unit_code: str | None = None
    warnings: tuple[Flaw, ...] = field(default=(), repr=False)


@dataclass(slots=True, kw_only=True)
class CustomerDraft(_Draft):
    """`derived` values were read from the ID number; `missing` are of the nine AML elements."""

    kind: str
    guardian_key: str | None = field(default=None, repr=False)
    guardian_name: str | None = field(default=None, repr=False)
    relation_kind: str | None = None
    derived: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()


@dataclass(slots=True, kw_only=True)
class PolicyDraft(_Draft):
    holder: Reference
    insured: Reference | None = None
    insured_name: str | None = field(default=None, repr=False)
    holder_name: str | None = field(default=None, repr=False)
    relation: str | None = None
    product_code: str | None = None
    product_name: str | None = None
    starts_on: str | None = None
    ends_on: str | None = None
    status: str = "in_force"
    pay_frequency: str | None = None
    next_due_on: str | None = None


@dataclass(slots=True, kw_only=True)
class ClaimDraft(_Draft):
    policy_key: str = field(repr=False)
    customer: Reference | None = None
    kind: str = "other"
    status: str = "reported"
    reported_on: str | None = None
    decided_on: str | None = None


@dataclass(slots=True, kw_only=True)
class WorkDraft(_Draft):
    """Times are ISO with their offset, so that they sort and compare as text."""

    customer: Reference
    kind: str
    opened_at: str
    closed_at: str | None = None
    outcome: str = ""
    due_at: str | None = None


@dataclass(slots=True, kw_only=True)
class ConsentDraft(_Draft):
    """One yes or no; `at` is an ISO day or time, `channel`, `notice` and `reference` may be empty."""

    customer: Reference
    purpose: str
    said: str
    at: str
    channel: str = ""
    notice: str = ""
    reference: str = field(default="", repr=False)


Draft = CustomerDraft | PolicyDraft | ClaimDraft | WorkDraft | ConsentDraft


@dataclass(slots=True)
class Rejected:
    """A row for the quarantine; the first flaw is the reason that is counted."""

    source: str
    kind: str
    row: Row
    flaws: tuple[Flaw, ...] = field(repr=False)

    @property
    def reason(self) -> str:
        return self.flaws[0].problem.code


@dataclass(slots=True)
class Skipped:
    """A row that a rule of the mapping leaves out; counted under the rule's reason."""

    reason: str


Outcome = tuple[Draft, ...] | Rejected | Skipped
