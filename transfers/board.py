"""A transfer as its board shows it: ten cells, what the stage that runs still waits for, clocks, and panels.

Other capabilities say more of their own: facts in the cell of a stage, panels under the cells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access.actors import Actor
from access.law import clocks as law_clocks
from access.law import counts
from access.law.clocks import Book, Face
from custodian import clock
from custodian.regimes import deadlines
from custodian.regimes.clocks import Kind
from custodian.regimes.routes import Gate, RouteGate, RoutePaper, RouteStage, Silence
from transfers import routes
from transfers.models import (
    Publication,
    Stage,
    Transfer,
    TransferClock,
    TransferPaper,
    TransferStage,
)
from transfers.progress import gates, moving
from transfers.progress.checks import work_of

State = TransferStage.State
ICONS: Final[Mapping[str, str]] = {"done": "check", "now": "play"}


@dataclass(frozen=True)
class Fact:
    """One line of a cell; `day` stands after the words."""

    text: Any
    day: date | datetime | None = None
    quiet: bool = False


@dataclass(frozen=True)
class Cell:
    number: int
    stage: str
    label: Any
    state: str
    word: Any
    facts: Sequence[Fact]
    source: tuple[str, str] | None  # clause and mark

    @property
    def icon(self) -> str:
        return ICONS.get(self.state, "")


@dataclass(frozen=True)
class Condition:
    """One thing that a stage asks for. `done` None: it is not this party's to show."""

    code: str
    label: Any
    kind: str  # paper, or the kind of the gate
    done: bool | None
    facts: Sequence[Fact]
    clause: str
    mark: str
    of: Sequence[Any] = ()
    required: bool = True
    paper: TransferPaper | None = None
    places: Sequence[str] = ()


@dataclass(frozen=True)
class Panel:
    """A part of the board that another capability draws; `column` is main or side."""

    template: str
    context: Mapping[str, Any] = field(default_factory=dict)
    column: str = "main"
    name: str = ""


FactsOf = Callable[[Transfer], Iterable[Fact]]
PanelOf = Callable[[Transfer, Actor], Panel | None]
_facts: Final[dict[str, list[FactsOf]]] = {}
ClocksOf = Callable[[Transfer], Iterable[str]]
_clocks: Final[list[ClocksOf]] = []
_panels: Final[dict[str, tuple[int, PanelOf]]] = {}


def register_facts(stage: str, facts: FactsOf) -> None:
    """More lines in the cell of a stage."""
    held = _facts.setdefault(Stage(stage).value, [])
    if facts not in held:
        held.append(facts)


def register_panel(name: str, builder: PanelOf, *, order: int = 50) -> None:
    """A panel under the cells; the builder says nothing (None) where there is nothing to show."""
    _panels[name] = (order, builder)


def register_clocks(clocks: ClocksOf) -> None:
    """Codes of clocks that the route does not name and that run in a transfer all the same."""
    if clocks not in _clocks:
        _clocks.append(clocks)


def panels(transfer: Transfer, actor: Actor) -> list[Panel]:
    found = []
    for _name, (_order, builder) in sorted(_panels.items(), key=lambda each: each[1][0]):
        panel = builder(transfer, actor)
        if panel is not None:
            found.append(panel)
    return found


def cells(transfer: Transfer, *, view: str = "") -> list[Cell]:
    """The ten of them; `view` the other side shows what is that party's."""
    found = routes.of(transfer)
    rows = {each.stage: each for each in transfer.stages.all()}
    other = bool(view) and view != transfer.side
    return [
        _cell(transfer, number, rows[stage], found.stages[stage], other=other)
        for number, stage in enumerate(Stage.values, 1)
        if stage in rows
    ]


def _cell(
    transfer: Transfer, number: int, row: TransferStage, found: RouteStage, *, other: bool
) -> Cell:
    facts = list(_of_other(transfer, found) if other else _of_ours(transfer, row, found))
    return Cell(
        number=number,
        stage=row.stage,
        label=Stage(row.stage).label,
        state=row.state,
        word=_word(transfer, row),
        facts=facts,
        source=_source(found),
    )


def _word(transfer: Transfer, row: TransferStage) -> Any:
    if transfer.status == Transfer.Status.STOPPED and row.state in {State.NOW, State.WAITING}:
        return _("已终止")
    return State(row.state).label


def _source(found: RouteStage) -> tuple[str, str] | None:
    """The clause of the stage, or of its first gate that is no work of our own."""
    if not found.needed:
        return None
    if found.clause:
        return found.clause, found.mark
    outside = (each for each in found.gates if each.kind is not Gate.WORK and each.clause)
    first = next(outside, None)
    return (first.clause, first.mark) if first else None


def _of_ours(transfer: Transfer, row: TransferStage, found: RouteStage) -> Iterator[Fact]:
    if not found.needed:
        yield Fact(routes.note(found))
        return
    if row.state == State.WAITING:
        yield from _ahead(transfer, found)
    else:
        yield from _shown(transfer, row, found)
    for builder in _facts.get(row.stage, ()):
        yield from builder(transfer)
    if row.state == State.DONE:
        yield Fact(_("完成"), row.done_at, quiet=True)
    elif row.state == State.NOW and transfer.status == Transfer.Status.OPEN:
        yield from _open(transfer, row)


def _shown(transfer: Transfer, row: TransferStage, found: RouteStage) -> Iterator[Fact]:
    """What there is so far: papers, decisions, notices."""
    wanted = [each for each in found.papers if gates.demands(transfer, each)]
    if wanted:
        filed = sum(gates.paper_of(transfer, row.stage, each.code) is not None for each in wanted)
        yield Fact(_("文件 %(n)s/%(m)s") % {"n": filed, "m": len(wanted)})
    for gate in found.gates:
        yield from _of_gate(transfer, gate)


def _of_gate(transfer: Transfer, gate: RouteGate) -> Iterator[Fact]:
    match gate.kind:
        case Gate.DECISION:
            act = gates.act_of(transfer, gate)
            if act is not None:
                yield Fact(_("获准") if act.granted else _("未获准"), act.day)
                yield Fact(act.number, quiet=True)
        case Gate.PRINTED:
            done, needed = gates.printed(transfer, gate), counts.of(gate.count).number
            said = {"name": routes.name(gate), "n": done, "m": needed}
            yield Fact(_("%(name)s %(n)s/%(m)s") % said)
        case Gate.ONLINE:
            yield from _online(transfer, gate)
        case _:
            return


def _online(transfer: Transfer, gate: RouteGate) -> Iterator[Fact]:
    shown = [row for side in gate.sites for row in gates.shown_at(transfer, side)]
    if shown:
        full = max(gates.full_at(each, gate) for each in shown)
        over = full <= clock.now()
        yield Fact(_("网站公告已满期") if over else _("网站公告至"), _last_day(full))


def _last_day(moment: datetime) -> date:
    return deadlines.last_day(moment)


def _open(transfer: Transfer, row: TransferStage) -> Iterator[Fact]:
    if moving.waiting(transfer, row.stage) is not None:
        yield Fact(_("完成待另一人复核"), quiet=True)
        return
    missing = len(gates.lacking(transfer, row.stage))
    text = ngettext("还差 %(n)s 项", "还差 %(n)s 项", missing) % {"n": missing}
    yield Fact(text if missing else _("可以完成"), quiet=True)


def _ahead(transfer: Transfer, found: RouteStage) -> Iterator[Fact]:
    named = [each for each in found.gates if transfer.side in each.of][:2]
    yield from (Fact(routes.name(each)) for each in named)
    if found.silence is not None:
        yield Fact(silence_words(found), quiet=True)
    if not named and not any(transfer.side in each.of for each in found.papers):
        yield Fact(_("由对方办理"))


def silence_words(found: RouteStage) -> str:
    """How consent and silence are read here."""
    if not found.consent:
        return _("只须告知，不须同意")
    return _("须同意；不答复的留在转出方") if found.silence is Silence.STAYS else _("须同意")


def _of_other(transfer: Transfer, found: RouteStage) -> Iterator[Fact]:
    """What the route asks of the other party, and of what of it there is a copy here."""
    if not found.needed:
        yield Fact(routes.note(found))
        return
    other = _other(transfer)
    things: list[RoutePaper | RouteGate] = [*found.papers, *found.gates]
    named = [each for each in things if other in each.of]
    for each in named[:3]:
        here = gates.paper_of(transfer, found.stage, each.code) is not None
        yield Fact(
            _("%(name)s（本方存有）") % {"name": routes.name(each)} if here else routes.name(each)
        )
    if not named:
        yield Fact(_("由本方办理"))


def _other(transfer: Transfer) -> str:
    sides = Transfer.Side
    return str(sides.BUYER if transfer.side == sides.SELLER else sides.SELLER)


def conditions(transfer: Transfer, stage: str) -> list[Condition]:
    """Everything that the stage asks for, papers first, each with what there is of it."""
    found = routes.stage_of(transfer, stage)
    papers = [
        _paper_condition(transfer, stage, each) for each in found.papers if _arises(transfer, each)
    ]
    return [*papers, *(_gate_condition(transfer, stage, each) for each in found.gates)]


def _arises(transfer: Transfer, paper: RoutePaper) -> bool:
    return not paper.when or gates.owes_report(transfer)


def _paper_condition(transfer: Transfer, stage: str, found: RoutePaper) -> Condition:
    paper = gates.paper_of(transfer, stage, found.code)
    ours = transfer.side in found.of
    lack = gates.lack_of(transfer, stage, found) if ours and found.assessed else None
    facts = [Fact(_("归档"), paper.filed_at)] if paper else []
    return Condition(
        code=found.code,
        label=routes.name(found),
        kind="paper",
        done=(paper is not None and lack is None) if ours or paper else None,
        facts=[*facts, *([Fact(lack.says)] if lack else [])],
        places=[lack.place] if lack and lack.place else (),
        clause=found.clause,
        mark=found.mark,
        of=_whose(found.of),
        required=found.required and ours,
        paper=paper,
    )


def _gate_condition(transfer: Transfer, stage: str, found: RouteGate) -> Condition:
    ours = transfer.side in found.of
    missing = gates.open_of(transfer, stage, found) if ours else []
    facts = list(_of_gate(transfer, found))
    if found.kind is Gate.WORK and ours:
        facts = [Fact(each.says) for each in work_of(transfer, stage)]
    elif missing:
        facts += [Fact(each.says, quiet=True) for each in missing if not facts]
    act = gates.act_of(transfer, found)
    return Condition(
        code=found.code,
        label=routes.name(found),
        kind=found.kind.value,
        done=not missing if ours else None,
        facts=facts,
        clause=found.clause,
        mark=found.mark,
        of=_whose(found.of),
        paper=act.paper if act else gates.paper_of(transfer, stage, found.code),
        places=[each.place for each in missing if each.place],
    )


def _whose(of: Sequence[str]) -> list[Any]:
    return [] if len(of) != 1 else [Transfer.Side(of[0]).label]


def faces(transfer: Transfer) -> list[Face]:
    """The clocks of the route: those that run or are over, and those whose event has not happened."""
    book = Book()
    rows = {each.rule: each for each in TransferClock.objects.filter(transfer=transfer)}
    codes = dict.fromkeys(
        code
        for stage in routes.of(transfer).needed
        for code in (*stage.clocks, *(each.clock for each in stage.gates if each.clock))
    )
    codes |= dict.fromkeys(code for more in _clocks for code in more(transfer))
    return [_face(rows[code], book) if code in rows else _idle(transfer, code) for code in codes]


def _face(row: TransferClock, book: Book) -> Face:
    """A wait that is over is done, however long ago."""
    rule = book.of(row.rule, clock.local(row.started_at).date())
    if rule.kind is Kind.WAIT and row.stopped_at is None and row.due_at <= clock.now():
        row.stopped_at = row.due_at
    return law_clocks.shown(row, book=book)


def _idle(transfer: Transfer, code: str) -> Face:
    if law_clocks.of(code).kind is Kind.BEFORE and moving.has_reached(transfer, Stage.PACKAGE):
        return law_clocks.not_begun(code, _("数据转移前已告知"))
    return law_clocks.not_begun(code)


def publications(transfer: Transfer) -> list[Publication]:
    return list(transfer.publications.select_related("paper").order_by("day", "pk"))
