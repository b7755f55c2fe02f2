"""What a drill tried, what came of it, and what must; told in a table and for programs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from rich.console import Console
from rich.table import Table

Words = Promise | str


@dataclass(frozen=True)
class Step:
    """What was tried, what came of it, and what must: a code, a count, or a name that was read."""

    name: str
    does: Words
    promised: str
    found: str

    @property
    def kept(self) -> bool:
        return self.promised == self.found


@dataclass(frozen=True)
class Drill:
    steps: Sequence[Step]

    @property
    def kept(self) -> bool:
        return all(step.kept for step in self.steps)


def as_table(
    drill: Drill, console: Console, *, heading: Words, words: Callable[[str], str]
) -> None:
    console.print(str(heading))
    table = Table(header_style="bold", pad_edge=False)
    for name in (_("做法"), _("结果"), _("结论")):
        table.add_column(name, overflow="fold")
    for step in drill.steps:
        verdict = _("如预期") if step.kept else _("没有守住")
        table.add_row(
            str(step.does), words(step.found), verdict, style="" if step.kept else "bold red"
        )
    console.print(table)
    broken = [step for step in drill.steps if not step.kept]
    console.print(
        _("没有守住：%(names)s。") % {"names": _("、").join(step.name for step in broken)}
        if broken
        else _("%(count)s 步全部如预期。") % {"count": len(drill.steps)}
    )


def as_json(drill: Drill) -> dict[str, Any]:
    return {"kept": drill.kept, "steps": [_facts(step) for step in drill.steps]}


def _facts(step: Step) -> dict[str, Any]:
    return {
        "step": step.name,
        "promised": step.promised,
        "found": step.found,
        "kept": step.kept,
    }
