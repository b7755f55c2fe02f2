"""Ways of a portfolio transfer as data: stages, papers, gates and clocks, each with its clause and mark."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from custodian.regimes.clocks import ClockRule
from custodian.regimes.clocks import Kind as ClockKind
from custodian.regimes.counts import CountRule
from custodian.regimes.rows import STRENGTH, BadPack, Mark, by_code, has, made, mark_of

# In their order; every route says of each whether it has it.
STAGES: Final = (
    "board", "data_room", "approval", "notice", "freeze", "package", "receive", "reconcile", "go_live", "end",
)  # fmt: skip
SIDES: Final = frozenset({"seller", "buyer"})
# What a paper may ask of the transfer, and the answers that there are.
CONDITIONS: Final[Mapping[str, frozenset[str]]] = {
    "disposal": frozenset({"owed"}),  # ten million people, or important data
}
CUSTOMERS: Final = frozenset({"policyholder", "insured"})
MEDIA: Final = frozenset({"paper", "gazette"})


class Gate(StrEnum):
    """What kind of thing must be true before a stage may end."""

    DECISION = "decision"  # an authority's, with its number, day and paper
    PRINTED = "printed"  # so many times in papers or gazettes
    ONLINE = "online"  # on the websites until the clock is over
    CLOCK = "clock"  # a time that must have passed since something was done
    WORK = "work"  # what the capability of the stage says of its own work


class Silence(StrEnum):
    """How it is read that a customer who was told says nothing."""

    STAYS = "stays"  # with the seller
    GOES = "goes"  # to the buyer


@dataclass(frozen=True)
class RoutePaper:
    """A document of a stage. `of`: whose it is; the other party may file it and need not."""

    code: str
    regime: str
    name: str
    name_en: str
    clause: str
    mark: Mark
    of: tuple[str, ...] = ("seller", "buyer")
    required: bool = True
    when: Mapping[str, str] = field(default_factory=dict)
    assessed: bool = False  # the report of an impact assessment, which the house files itself


@dataclass(frozen=True)
class RouteGate:
    """One gate. `count` and `clock` are codes of the pack."""

    code: str
    regime: str
    kind: Gate
    name: str
    name_en: str
    clause: str
    mark: Mark
    of: tuple[str, ...] = ("seller", "buyer")
    by: str = ""  # which authority decides
    by_en: str = ""
    count: str = ""
    medium: str = ""
    sites: tuple[str, ...] = ()
    clock: str = ""


@dataclass(frozen=True)
class RouteStage:
    """`told`, `consent` and `silence` are of the stage in which customers are told."""

    stage: str
    regime: str
    needed: bool = True
    four_eyes: bool = False
    papers: tuple[RoutePaper, ...] = ()
    gates: tuple[RouteGate, ...] = ()
    clocks: tuple[str, ...] = ()  # shown and kept, and no gate
    told: tuple[str, ...] = ()
    consent: tuple[str, ...] = ()
    silence: Silence | None = None
    clause: str = ""
    mark: Mark = Mark.DEFAULT
    note: str = ""
    note_en: str = ""

    @property
    def code(self) -> str:
        return self.stage


@dataclass(frozen=True)
class Route:
    code: str
    regime: str
    name: str
    name_en: str
    says: str  # when one goes this way
    says_en: str
    clause: str
    mark: Mark
    stages: Mapping[str, RouteStage]

    @property
    def needed(self) -> list[RouteStage]:
        return [each for each in self.stages.values() if each.needed]


@dataclass(frozen=True)
class Known:
    """What of the pack a route may name."""

    clauses: Mapping[str, Mark]
    clocks: Mapping[str, ClockRule]
    counts: Mapping[str, CountRule]


def read(rows: Iterable[Any], regime: str, known: Known) -> dict[str, Route]:
    """The routes by code; raises `BadPack` with the code where one is wrong."""
    found: dict[str, Route] = by_code((_route(each, regime, known) for each in rows), regime)
    return found


def _route(row: Any, regime: str, known: Known) -> Route:
    code = row.get("code") if isinstance(row, Mapping) else None
    if not isinstance(code, str) or not code.startswith(f"{regime}-"):
        raise BadPack(regime, code or row, f"needs a code that begins with {regime}-")
    stages = [_stage(each, regime, code, known) for each in row.get("stages") or ()]
    if tuple(each.stage for each in stages) != STAGES:
        raise BadPack(regime, code, f"must say each stage once, in order: {', '.join(STAGES)}")
    said = {**row, "regime": regime, "mark": mark_of(row, regime)}
    found: Route = made(Route, {**said, "stages": {each.stage: each for each in stages}}, code)
    _sourced(found, code, known)
    things = [thing for each in stages for thing in (*each.papers, *each.gates)]
    by_code(things, f"{regime}: {code}")
    if not found.needed:
        raise BadPack(regime, code, "has no stage at all")
    return found


def _stage(row: Any, regime: str, route: str, known: Known) -> RouteStage:
    has(row, {"stage"}, regime=regime, code=route, also=_FIELDS)
    where = f"{route}/{row['stage']}"
    if row["stage"] not in STAGES:
        raise BadPack(regime, where, "is no stage")
    try:
        silence = Silence(row["silence"]) if "silence" in row else None
    except ValueError as error:
        raise BadPack(regime, where, f"cannot be read: {error}") from error
    said = {
        **row,
        "regime": regime,
        "mark": mark_of({**row, "code": where}, regime) if "mark" in row else Mark.DEFAULT,
        "silence": silence,
        "papers": tuple(_paper(each, regime, where, known) for each in row.get("papers") or ()),
        "gates": tuple(_gate(each, regime, where, known) for each in row.get("gates") or ()),
        **{name: tuple(row.get(name) or ()) for name in ("clocks", "told", "consent")},
    }
    found: RouteStage = made(RouteStage, said, where)
    if wrong := _fault_of_stage(found, known):
        raise BadPack(regime, where, wrong)
    if found.clause:
        _sourced(found, where, known)
    return found


_FIELDS: Final = frozenset(RouteStage.__dataclass_fields__) - {"stage", "regime"}


def _fault_of_stage(found: RouteStage, known: Known) -> str:
    tells = found.stage == "notice" and found.needed
    faults = {
        "is needed or is not": type(found.needed) is not bool or type(found.four_eyes) is not bool,
        "is not needed, and asks for something": not found.needed and (found.papers or found.gates),
        "is not needed, and does not say why": not found.needed and not found.note,
        "lacks words in one language": bool(found.note) != bool(found.note_en),
        "has a clock that the file has not": not set(found.clocks) <= set(known.clocks),
        "tells nobody, or says nothing of silence": tells
        and (not found.told or found.silence is None),
        "tells somebody, and is another stage": not tells
        and (found.told or found.consent or found.silence),
        "tells somebody that nobody knows": not CUSTOMERS.issuperset(found.told)
        or not set(found.told).issuperset(found.consent),
        "takes silence for a consent that it asks for": found.consent
        and found.silence is not Silence.STAYS,
    }
    return next((said for said, wrong in faults.items() if wrong), "")


def _paper(row: Any, regime: str, where: str, known: Known) -> RoutePaper:
    found: RoutePaper = made(RoutePaper, _thing(row, regime, where), where)
    _sourced(found, where, known)
    if type(found.required) is not bool or not SIDES.issuperset(found.of):
        raise BadPack(regime, found.code, "is required or not, of the seller or the buyer")
    if any(value not in CONDITIONS.get(name, ()) for name, value in found.when.items()):
        raise BadPack(regime, found.code, "has a condition that nobody knows")
    return found


def _gate(row: Any, regime: str, where: str, known: Known) -> RouteGate:
    said = _thing(row, regime, where)
    try:
        said["kind"] = Gate(row.get("kind"))
    except ValueError as error:
        raise BadPack(regime, said["code"], f"{row.get('kind')} is no gate") from error
    said["sites"] = tuple(row.get("sites") or ())
    found: RouteGate = made(RouteGate, said, where)
    _sourced(found, where, known)
    if wrong := _fault_of_gate(found, known):
        raise BadPack(regime, found.code, wrong)
    return found


def _fault_of_gate(found: RouteGate, known: Known) -> str:
    waits = found.clock in known.clocks and known.clocks[found.clock].kind is ClockKind.WAIT
    faults = {
        "is of nobody": not found.of or not SIDES.issuperset(found.of),
        "does not say who decides": (found.kind is Gate.DECISION) != bool(found.by and found.by_en),
        "does not say how often and where": (found.kind is Gate.PRINTED)
        != (found.count in known.counts and found.medium in MEDIA),
        "does not say on whose websites": (found.kind is Gate.ONLINE)
        != bool(found.sites and SIDES.issuperset(found.sites)),
        "does not say how long to wait": (found.kind in {Gate.ONLINE, Gate.CLOCK}) != waits,
    }
    return next((said for said, wrong in faults.items() if wrong), "")


def _thing(row: Any, regime: str, where: str) -> dict[str, Any]:
    if not isinstance(row, Mapping) or not isinstance(row.get("code"), str):
        raise BadPack(regime, where, f"has something without a code: {row}")
    return {
        **row,
        "regime": regime,
        "mark": mark_of(row, regime),
        "of": tuple(row.get("of") or ("seller", "buyer")),
    }


def _sourced(found: Route | RouteStage | RoutePaper | RouteGate, where: str, known: Known) -> None:
    """Words in both languages, and a clause that is as sure as what rests on it."""
    names = [getattr(found, name, "-") for name in ("name", "name_en")]
    if any(not str(each).strip() for each in names):
        raise BadPack(found.regime, where, "lacks words in one language")
    mark = known.clauses.get(found.clause)
    if mark is None and (found.clause or found.mark is not Mark.DEFAULT):
        raise BadPack(found.regime, f"{where}: {found.code}", "names no clause of the file")
    if mark is not None and STRENGTH[found.mark] > STRENGTH[mark]:
        raise BadPack(found.regime, f"{where}: {found.code}", "is surer than its clause")
