"""Writes the clocks and the calendar of the packs into docs/law.md: `python -m custodian.regimes.tables`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from custodian.regimes import calendars
from custodian.regimes.calendars import Year
from custodian.regimes.clocks import ClockRule, Extension, Kind
from custodian.regimes.counts import CountRule
from custodian.regimes.ladders import LEVELS
from custodian.regimes.packs import company_clocks, load, regimes
from custodian.regimes.routes import Route, RouteGate, RoutePaper, RouteStage

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "law.md"
BEGIN: Final = "<!-- from the packs: python -m custodian.regimes.tables -->"
END: Final = "<!-- end of what is from the packs -->"


def tables() -> str:
    parts = [
        "\n".join(_clocks(load(each).title_en, load(each).clocks.values())) for each in regimes()
    ]
    parts.append("\n".join(_clocks("The company's own", company_clocks().values())))
    parts += [
        "\n".join(_counts(load(each).counts.values())) for each in regimes() if load(each).counts
    ]
    parts += ["\n".join(_ladders(each)) for each in regimes() if load(each).ladders]
    parts += ["\n".join(_exemptions(each)) for each in regimes() if load(each).exemptions]
    parts += [
        "\n".join(_route(route)) for each in regimes() for route in load(each).routes.values()
    ]
    parts += ["\n".join(_years(each)) for each in regimes() if calendars.load(each).years]
    return "\n\n".join(parts)


def _clocks(title: str, rules: Iterable[ClockRule]) -> Iterator[str]:
    yield f"### {title}\n"
    yield "| code | what | counted from | time | target | clause | mark |"
    yield "|---|---|---|---|---|---|---|"
    for each in rules:
        cells = (
            f"`{each.code}`",
            f"{each.name_en}{_to(each)}",
            each.start.replace("_", " "),
            _time(each),
            str(each.target or "–"),
            f"`{each.clause}`" if each.clause else "–",
            f"`{each.mark}`{'' if each.binds else ', not law'}{'' if each.enabled else ', off'}",
        )
        yield f"| {' | '.join(cells)} |"


def _to(rule: ClockRule) -> str:
    return f" → {rule.to_en}" if rule.to_en else ""


def _time(rule: ClockRule) -> str:
    if rule.yearly:
        return f"yearly by {rule.yearly}"
    length = "at once" if rule.length and rule.length.at_once else str(rule.length)
    said = {Kind.WAIT: f"wait {length}", Kind.BEFORE: "before it"}.get(rule.kind, length)
    more = [f"every {length}"] if rule.repeats else [said]
    more += [_extension(each) for each in rule.extensions]
    if rule.cap:
        more.append(f"at most {rule.cap} from {rule.cap_start}")
    return "; ".join(more)


def _extension(found: Extension) -> str:
    said = f"to {found.to}" if found.to else f"+ {found.add}"
    return f"{found.code} {said}{' by approval' if found.approval else ''}"


def _counts(rules: Iterable[CountRule]) -> Iterator[str]:
    found = list(rules)
    yield f"### How often, {load(found[0].regime).title_en}\n"
    yield "| code | what | times | clause | mark |"
    yield "|---|---|---|---|---|"
    for each in found:
        said = f"`{each.mark}`{'' if each.binds else ', not law'}"
        yield f"| `{each.code}` | {each.name_en} | {each.number} | `{each.clause}` | {said} |"


def _ladders(regime: str) -> Iterator[str]:
    yield f"### Levels of incidents by numbers alone, {load(regime).title_en}\n"
    yield f"| code | of | {' | '.join(LEVELS[1:])} | clause | mark |"
    yield "|---" * (len(LEVELS) + 3) + "|"
    for each in load(regime).ladders.values():
        numbers = " | ".join(
            f"{each.bounds[level]:,}" if level in each.bounds else "–" for level in LEVELS[1:]
        )
        of = f"{each.of.replace('_', ' ')}{', critical infrastructure' if each.only else ''}"
        yield f"| `{each.code}` | {of} | {numbers} | `{each.clause}` | `{each.mark}` |"
    yield ""
    yield f"### Levels of incidents by circumstances, {load(regime).title_en}\n"
    yield "| code | at least | where | clause | mark |"
    yield "|---|---|---|---|---|"
    for one in load(regime).circumstances.values():
        yield f"| `{one.code}` | {one.level} | {one.says_en} | `{one.clause}` | `{one.mark}` |"


def _exemptions(regime: str) -> Iterator[str]:
    yield f"### Grounds on which customers need not be told, {load(regime).title_en}\n"
    yield "| code | ground | clause | mark |"
    yield "|---|---|---|---|"
    for each in load(regime).exemptions.values():
        yield f"| `{each.code}` | {each.says_en} | `{each.clause}` | `{each.mark}` |"


def _route(route: Route) -> Iterator[str]:
    yield f"### Route `{route.code}`: {route.name_en}\n"
    yield f"{route.says_en} (`{route.clause}`, `{route.mark}`).\n"
    yield "| stage | papers | gates | four eyes |"
    yield "|---|---|---|---|"
    for number, each in enumerate(route.stages.values(), 1):
        name = each.stage.replace("_", " ")
        yield f"| {number} {name} | {_papers(each)} | {_gates(each)} | {_eyes(each)} |"


def _papers(stage: RouteStage) -> str:
    if not stage.needed:
        return f"not needed: {stage.note_en}"
    return "; ".join(f"{each.name_en}{_whose(each)}" for each in stage.papers) or "–"


def _gates(stage: RouteStage) -> str:
    told = [f"{each.name_en}{_whose(each)}{_how(each)} `{each.mark}`" for each in stage.gates]
    if stage.told:
        consent = f"consent of {', '.join(stage.consent)}" if stage.consent else "no consent"
        told.append(f"{consent}; who says nothing {stage.silence}")
    return "; ".join(told) or "–"


def _eyes(stage: RouteStage) -> str:
    return "yes" if stage.four_eyes else "–"


def _whose(thing: RoutePaper | RouteGate) -> str:
    told = [] if len(thing.of) != 1 else [f"the {thing.of[0]}'s"]
    if isinstance(thing, RoutePaper):
        told += [] if thing.required else ["may be left out"]
        told += ["if owed"] if thing.when else []
    return f" ({', '.join(told)})" if told else ""


def _how(gate: RouteGate) -> str:
    named = ", ".join(f"`{each}`" for each in (gate.count, gate.clock) if each)
    return f" {named}" if named else ""


def _years(regime: str) -> Iterator[str]:
    yield f"### Working days, {load(regime).title_en}\n"
    yield "| year | state | off | worked | source | mark |"
    yield "|---|---|---|---|---|---|"
    for each in calendars.load(regime).years.values():
        cells = (
            str(each.number),
            "published" if each.published else "expected",
            _off(each),
            ", ".join(f"{day:%m-%d}" for day in each.worked) or "–",
            each.source_en,
            f"`{each.mark}`",
        )
        yield f"| {' | '.join(cells)} |"


def _off(year: Year) -> str:
    return ", ".join(
        f"{each.first:%m-%d}" + (f" to {each.last:%m-%d}" if each.last != each.first else "")
        for each in year.holidays
    )


def written(page: str) -> str:
    """The page with its tables as the packs have them now."""
    before, _begin, rest = page.partition(BEGIN)
    _old, _end, after = rest.partition(END)
    return f"{before}{BEGIN}\n{tables()}\n\n{END}{after}"


if __name__ == "__main__":
    PAGE.write_text(written(PAGE.read_text("utf-8")), "utf-8")
