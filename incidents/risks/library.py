"""The library of controls: what each does, which clause it serves, who tests it and how often. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Final

from access.vocabulary import Role
from custodian import data_files
from custodian.regimes.periods import Period
from incidents.risks.wording import FileRefused, Words, once

_FILE: Final = Path(__file__).resolve().parent / "controls.yaml"
NEEDED: Final = {"code", "zh", "en", "clause", "months", "owner", "mend_days", "test", "test_en"}
ALSO: Final = {"machine", "least"}
MACHINES: Final = frozenset(
    {"backups", "invariants", "log", "recertification", "scrub", "training"}
)


@dataclass(frozen=True)
class Control:
    code: str
    words: Words
    test: Words
    clause: str
    months: int
    owner: Role
    mend_days: int
    machine: str = ""  # of MACHINES, or nothing: a person tests it
    least: int = 0  # what a machine check that measures must reach, in percent

    def __str__(self) -> str:
        return str(self.words)

    def next_due(self, last: date | None, today: date) -> date:
        """What was never tested is due."""
        return Period(months=self.months).after(last) if last else today


@cache
def controls() -> Mapping[str, Control]:
    """By code, in the order of the file."""
    return parsed(_FILE.read_text(encoding="utf-8"))


def parsed(text: str) -> Mapping[str, Control]:
    """Raises `FileRefused`."""
    rows = [_control(each) for each in data_files.parse(text)]
    once([each.code for each in rows])
    return {each.code: each for each in rows}


def _control(row: Mapping[str, Any]) -> Control:
    if lacking := NEEDED - set(row):
        raise FileRefused(row.get("code"), sorted(lacking))
    if unknown := set(row) - NEEDED - ALSO:
        raise FileRefused(row["code"], sorted(unknown))
    machine = row.get("machine", "")
    if machine and machine not in MACHINES:
        raise FileRefused(row["code"], machine)
    try:
        owner = Role(row["owner"])
    except ValueError:
        raise FileRefused(row["code"], row["owner"]) from None
    return Control(
        row["code"], Words.read(row), Words.read(row, "test"), row["clause"], int(row["months"]),
        owner, int(row["mend_days"]), machine, int(row.get("least", 0)),
    )  # fmt: skip
