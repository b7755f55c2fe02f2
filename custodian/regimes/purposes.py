"""What the company processes customers' data for, and on which ground of PIPL art. 13: read strictly."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any, Final

from custodian import data_files
from custodian.regimes.packs import FOLDER, load, regimes
from custodian.regimes.rows import STRENGTH, BadPack, Mark, by_code, has, made, mark_of

COMPANY: Final = "company/purposes"
EVERYTHING: Final = "*"
_TEXTS: Final = ("name", "name_en", "says", "says_en")
# What an insurer may say otherwise from a day on. Code, whom it is about and what only consent allows stay.
CHANGEABLE: Final = (
    *_TEXTS, "basis", "clause", "mark", "source", "separate", "offered", "looks", "elements", "without",
    "without_en", "kept", "kept_en", "notice", "anew",
)  # fmt: skip
Place = tuple[str, str]  # a purpose of a look, and an element under it; empty for all of them


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
    these elements. `without` says what then cannot be done; only what rests on consent has it. What is not
    `offered` is not done at all. `kept` says how long, `notice` which published text tells of it, `source`
    where the insurer has it from. `anew`: a version that no earlier yes covers, whatever it changes.
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
    offered: bool = True
    kept: str = ""
    kept_en: str = ""
    notice: str = ""
    source: str = ""
    anew: bool = False

    @property
    def asks(self) -> bool:
        return self.offered and self.basis is Basis.CONSENT

    def uses(self, element: str) -> bool:
        return EVERYTHING in self.elements or element in self.elements

    def covers(self, purpose: str, elements: Collection[str]) -> bool:
        """Whether a look at these elements for this purpose rests on it."""
        return purpose in self.looks and (self.optional or any(map(self.uses, elements)))

    @property
    def named(self) -> frozenset[Place]:
        """What a yes is about, look by look and element by element."""
        under = ("",) if EVERYTHING in self.elements else self.elements
        return frozenset((look, element) for look in self.looks for element in under)

    @property
    def shuts(self) -> frozenset[Place]:
        """What a no shuts: of what nothing but consent allows the whole look."""
        return frozenset((look, "") for look in self.looks) if self.optional else self.named


@dataclass(frozen=True)
class Fault:
    """What does not fit in a purpose, or between it and another; as a string a sentence for the file."""

    kind: str
    purpose: str
    place: str = ""
    other: str = ""

    def __str__(self) -> str:
        return FAULTS[self.kind].format(self.purpose, self.place, self.other)


FAULTS: Final = {
    "empty": "{0} lacks {1}",
    "nothing": "{0} lacks looks or elements",
    "clause": "{0} names no clause, or is surer than it",
    "without": "{0} says what cannot be done without, or asks nobody",
    "unasked": "{0} is asked for, or rests on something else",
    "separate": "{0} uses {1}, which is sensitive, and needs a separate consent",
    "no-look": "{0} covers {1}, which is no purpose of a look",
    "duty": "{0} is asked for, and {1} is a duty",
    "optional": "{0} and {1} differ in whether only consent allows it",
    "no-element": "{0} uses {1}, which is not in the catalogue",
    "nobody": "{1} rests on {2}, and no purpose asks for it",
    "twice": "{1} is asked for by {2} and {0}",
}


def terms(found: ProcessingPurpose) -> dict[str, Any]:
    """What an insurer may change, as it is kept."""
    said = {name: getattr(found, name) for name in CHANGEABLE}
    return {
        **said,
        "basis": found.basis.value,
        "mark": found.mark.value,
        "looks": list(found.looks),
        "elements": list(found.elements),
    }


def otherwise(found: ProcessingPurpose, said: Mapping[str, Any]) -> ProcessingPurpose:
    """The purpose with the terms that an insurer gave it."""
    read = {
        "basis": Basis(said["basis"]),
        "mark": Mark(said["mark"]),
        "looks": tuple(said["looks"]),
        "elements": tuple(said["elements"]),
    }
    return replace(found, **{**{name: said[name] for name in CHANGEABLE}, **read})


@cache
def processing_purposes() -> Mapping[str, ProcessingPurpose]:
    """By code, in the order of the file; raises `BadPack`."""
    return read((FOLDER / "company" / "purposes.yaml").read_text("utf-8"))


def read(text: str) -> Mapping[str, ProcessingPurpose]:
    """What the text of a file says; raises `BadPack` with the code where it is wrong."""
    known = {code: each.mark for name in regimes() for code, each in load(name).clauses.items()}
    found: dict[str, ProcessingPurpose] = by_code(
        (_purpose(row, known) for row in data_files.parse(text)), COMPANY
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
    for fault in faults(found, known):
        raise BadPack(COMPANY, found.code, str(fault).removeprefix(f"{found.code} "))


def faults(found: ProcessingPurpose, known: Mapping[str, Mark]) -> Iterator[Fault]:
    """What is wrong with a purpose by itself; `known` are the marks of all clauses."""
    for name in _TEXTS:
        if not str(getattr(found, name)).strip():
            yield Fault("empty", found.code, name)
    if not found.looks or not found.elements:
        yield Fault("nothing", found.code)
    if found.clause not in known or STRENGTH[found.mark] > STRENGTH[known[found.clause]]:
        yield Fault("clause", found.code, found.clause)
    consent = found.basis is Basis.CONSENT
    if consent != bool(found.without and found.without_en):
        yield Fault("without", found.code)
    if (found.optional or found.separate) and not consent:
        yield Fault("unasked", found.code)
