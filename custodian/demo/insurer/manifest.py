"""What was written: rows and faults per file, and the facts planted among them."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

NAME = "manifest.json"
FAMILIES_LISTED = 500


class Reason(StrEnum):
    """Why a row was made to be refused."""

    BIRTH_IMPOSSIBLE = "birth_impossible"  # the ID number names a day that never was
    BIRTH_MISMATCH = "birth_mismatch"
    CHECK_DIGIT = "check_digit"
    CLAIM_POLICY_UNKNOWN = "claim_policy_unknown"
    DATE_UNREADABLE = "date_unreadable"
    FORMULA_IN_NUMBER = "formula_in_number"
    HOLDER_REFUSED = "holder_refused"  # the holder's own row is a faulty one
    HOLDER_UNKNOWN = "holder_unknown"
    MOBILE_LETTERS = "mobile_letters"
    NAME_MISSING = "name_missing"
    PREMIUM_NEGATIVE = "premium_negative"
    REPEATED_KEY = "repeated_key"
    SEX_MISMATCH = "sex_mismatch"
    USCC_CHECK = "uscc_check"


@dataclass(slots=True)
class FileCount:
    """Rows of one csv file or one sheet (`file#sheet`), without the header."""

    holds: str  # customers, policies, claims, assignments, reference
    encoding: str
    columns: dict[str, str]  # header -> the importer's target, or empty
    rows: int = 0
    bad: dict[str, int] = field(default_factory=dict)

    @property
    def good(self) -> int:
        return self.rows - sum(self.bad.values())


@dataclass(frozen=True, slots=True)
class BadRow:
    table: str
    line: int  # as a spreadsheet counts, the header being line 1
    key: str
    reason: Reason


@dataclass(slots=True)
class Facts:
    """Customers are named by their own keys."""

    insider: str = ""
    insider_unit: str = ""
    targets: list[str] = field(default_factory=list)
    honey: list[str] = field(default_factory=list)
    families: list[list[str]] = field(default_factory=list)  # the first few hundred of them
    family_count: int = 0
    shared_phones: dict[str, list[str]] = field(default_factory=dict)  # within listed families
    crowded_phones: dict[str, list[str]] = field(default_factory=dict)  # unrelated customers
    cloned_addresses: dict[str, list[str]] = field(default_factory=dict)
    agent_phones: dict[str, list[str]] = field(default_factory=dict)  # staff number -> customers
    staff_homes: dict[str, list[str]] = field(default_factory=dict)  # live with this agent
    duplicates: list[list[str]] = field(default_factory=list)  # [older key, newer key]
    formula_text: list[str] = field(default_factory=list)  # valid rows holding formula-like text
    fifteen_digits: list[str] = field(default_factory=list)
    rare_names: dict[str, str] = field(default_factory=dict)  # as written in the file
    expired_ids: list[str] = field(default_factory=list)
    under_14: list[str] = field(default_factory=list)
    minors: list[str] = field(default_factory=list)
    passwords: list[str] = field(default_factory=list)  # policy numbers with a query password
    unassigned: list[str] = field(default_factory=list)
    claimants: list[str] = field(default_factory=list)
    portfolios: dict[str, list[str]] = field(default_factory=dict)  # staff number -> customers


@dataclass(slots=True)
class Manifest:
    insurer: str
    code: str
    seed: int
    today: str
    importable: list[str]  # what `import_book` is given, in this order
    reference: list[str]
    tables: dict[str, FileCount] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)  # good customers by kind
    id_types: dict[str, int] = field(default_factory=dict)
    bad_rows: list[BadRow] = field(default_factory=list)
    facts: Facts = field(default_factory=Facts)

    def good(self, holds: str) -> int:
        return sum(table.good for table in self.tables.values() if table.holds == holds)

    def rows(self, holds: str) -> int:
        return sum(table.rows for table in self.tables.values() if table.holds == holds)

    def bad(self) -> Counter[str]:
        return Counter(str(row.reason) for row in self.bad_rows)


def save(manifest: Manifest, folder: Path) -> Path:
    path = folder / NAME
    text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def load(folder: Path) -> Manifest:
    raw: dict[str, Any] = json.loads((folder / NAME).read_text(encoding="utf-8"))
    raw["tables"] = {name: FileCount(**table) for name, table in raw["tables"].items()}
    raw["bad_rows"] = [
        BadRow(**{**row, "reason": Reason(row["reason"])}) for row in raw["bad_rows"]
    ]
    raw["facts"] = Facts(**raw["facts"])
    return Manifest(**raw)
