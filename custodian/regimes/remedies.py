"""Where somebody goes on whose request or claim was refused, as data of the legal order. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from custodian import data_files
from custodian.regimes.packs import Mark, load

FOLDER: Final = Path(__file__).with_suffix("")


@dataclass(frozen=True)
class Remedy:
    """One way on. `mark` says how sure it is; without a clause it rests on none of the library."""

    code: str
    mark: Mark
    clause: str
    says: str
    says_en: str
    phone: str = ""


@cache
def of(regime: str, about: str = "") -> tuple[Remedy, ...]:
    """In the order in which one would go; none for a legal order that has no file.

    `about` "claims" is of insurance claims; without it, of what one asks about one's own data.
    Raises ValueError for a row that cannot be used.
    """
    path = FOLDER / (f"{regime}-{about}.yaml" if about else f"{regime}.yaml")
    rows = data_files.parse(path.read_text("utf-8")) if path.exists() else ()
    found = tuple(Remedy(**{**row, "mark": Mark(row["mark"])}) for row in rows)
    for each in found:
        if each.clause and each.clause not in load(regime).clauses:
            raise ValueError(f"remedy {each.code} names no clause of {regime}")
        if each.mark is not Mark.DEFAULT and each.mark is not Mark.UNCONFIRMED and not each.clause:
            raise ValueError(f"remedy {each.code} is sure of nothing")
    return found
