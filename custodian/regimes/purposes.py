"""What the company processes customers' data for, and on which ground of PIPL art. 13: read strictly."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any, Final

import yaml

from custodian.regimes.packs import FOLDER, load, regimes
from custodian.regimes.rows import STRENGTH, BadPack, Mark, by_code, has, made, mark_of

COMPANY: Final = "company/purposes"
EVERYTHING: Final = "*"
_TEXTS: Final = ("name", "name_en", "says", "says_en")


class Basis(StrEnum):
    """The seven grounds of PIPL art. 13."""

    CONSENT = "consent"
    CONTRACT = "contract"
    DUTY = "duty"
    EMERGENCY = "emergency"
    NEWS = "news"
    PUBLIC = "public"
    LAW = "law"


class Who(StrEnum):
    """Whom a purpose is about."""

    ALL = "all"
    PERSON = "person"
    CHILD = "child"  # under fourteen


@dataclass(frozen=True)
class ProcessingPurpose:
    """One purpose. `looks` are purposes of a look, `elements` what it uses of a customer.

    `optional`: nothing but consent allows these looks. Otherwise they serve the contract, and a refusal shuts
    these elements. `without` says what then cannot be done; only what rests on consent has it.
    """

    code: str
    regime: str
    name: str
    name_en: str
    says: str
    says_en: str
    basis: Basis
    clause: str
    mark: Mark
    looks: tuple[str, ...]
    elements: tuple[str, ...]
    without: str = ""
    without_en: str = ""
    separate: bool = False
    optional: bool = False
    who: Who = Who.ALL

    @property
    def asks(self) -> bool:
        return self.basis is Basis.CONSENT

    def uses(self, element: str) -> bool:
        return EVERYTHING in self.elements or element in self.elements

    def covers(self, purpose: str, elements: Collection[str]) -> bool:
        """Whether a look at these elements for this purpose rests on it."""
        return purpose in self.looks and (self.optional or any(map(self.uses, elements)))


@cache
def processing_purposes() -> Mapping[str, ProcessingPurpose]:
    """By code, in the order of the file; raises `BadPack`."""
    return read((FOLDER / "company" / "purposes.yaml").read_text("utf-8"))


def read(text: str) -> Mapping[str, ProcessingPurpose]:
    """What the text of a file says; raises `BadPack` with the code where it is wrong."""
    known = {code: each.mark for name in regimes() for code, each in load(name).clauses.items()}
    found: dict[str, ProcessingPurpose] = by_code(
        (_purpose(row, known) for row in yaml.safe_load(text)), COMPANY
    )
    return found


def _purpose(row: Any, known: Mapping[str, Mark]) -> ProcessingPurpose:
    code = row.get("code") if isinstance(row, Mapping) else row
    has(row, {"code", "basis", "looks", "elements"}, regime=COMPANY, code=code, also=set(row))
    try:
        given = {
            "regime": COMPANY,
            "basis": Basis(row["basis"]),
            "who": Who(row.get("who", Who.ALL)),
            "mark": mark_of(row, COMPANY),
            "looks": tuple(row["looks"]),
            "elements": tuple(row["elements"]),
        }
    except (TypeError, ValueError) as error:
        raise BadPack(COMPANY, code, f"cannot be read: {error}") from error
    found: ProcessingPurpose = made(ProcessingPurpose, {**row, **given}, str(code))
    _check(found, known)
    return found


def _check(found: ProcessingPurpose, known: Mapping[str, Mark]) -> None:
    empty = [name for name in _TEXTS if not str(getattr(found, name)).strip()]
    if empty or not found.looks or not found.elements:
        raise BadPack(COMPANY, found.code, f"lacks {', '.join(empty) or 'looks or elements'}")
    if found.clause not in known or STRENGTH[found.mark] > STRENGTH[known[found.clause]]:
        raise BadPack(COMPANY, found.code, "names no clause, or is surer than it")
    if found.asks != bool(found.without and found.without_en):
        raise BadPack(COMPANY, found.code, "says what cannot be done without, or asks nobody")
    if (found.optional or found.separate) and not found.asks:
        raise BadPack(COMPANY, found.code, "is asked for, or rests on something else")
