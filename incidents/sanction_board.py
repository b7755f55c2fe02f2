"""A matter as its board shows it: stages with their facts, what can be done now, what is on record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import get_language, gettext_lazy, pgettext
from django.utils.translation import gettext as _

from access import gate
from access.actions import Action
from access.actors import Actor
from incidents import own_telling
from incidents.models import Incident, SanctionCase, SanctionEntry, SanctionPaper, SanctionRuling
from incidents.sanction_acts import ACTS
from incidents.sanction_forms import MatterForm
from incidents.sanctions import (
    deciding,
    hearing,
    investigating,
    letters,
    opening,
    people,
    rules,
    serving,
    standing,
)

Stage = SanctionCase.Stage
What = SanctionEntry.What
# What is done at which stage; the rest of the acts at every one that is not closed.
AT: Final[Mapping[str, Sequence[str]]] = {
    Stage.INVESTIGATION: ("acts", "identity", "findings", "serve", "superior"),
    Stage.NOTICED: ("record", "heard", "superior"),
    Stage.HEARD: ("superior", "decide"),
    Stage.DECIDED: ("serve",),
    Stage.SERVED: ("record", "serve", "close"),
    Stage.APPEALED: ("settle", "serve"),
    Stage.SETTLED: ("serve", "close"),
    Stage.CLOSED: (),
}
LABELS: Final[Mapping[str, tuple[Any, Any]]] = {
    "acts": (gettext_lazy("更正行为认定"), gettext_lazy("更正")),
    "identity": (gettext_lazy("登记证件号码"), gettext_lazy("登记")),
    "findings": (gettext_lazy("制作调查结果告知书"), gettext_lazy("制作")),
    "serve": (gettext_lazy("登记送达"), gettext_lazy("登记")),
    "superior": (gettext_lazy("认定上级的管理责任"), gettext_lazy("认定")),
    "record": (gettext_lazy("登记本人的书面或当面答复"), gettext_lazy("登记")),
    "heard": (gettext_lazy("登记申辩结果"), gettext_lazy("登记")),
    "decide": (gettext_lazy("提交决定"), gettext_lazy("提交复核")),
    "settle": (gettext_lazy("提交申诉决定"), gettext_lazy("提交复核")),
    "close": (gettext_lazy("结案"), gettext_lazy("结案")),
}
LEADS: Final = frozenset({"findings", "serve", "heard", "close"})
# The entry that says when a stage was over.
_DONE: Final = {
    Stage.INVESTIGATION: (What.SERVED, SanctionPaper.Kind.FINDINGS),
    Stage.NOTICED: (What.HEARD, ""),
    Stage.HEARD: (What.DECIDED, ""),
    Stage.DECIDED: (What.SERVED, SanctionPaper.Kind.DECISION),
    Stage.APPEALED: (What.SETTLED, ""),
    Stage.SETTLED: (What.SERVED, SanctionPaper.Kind.APPEAL),
    Stage.CLOSED: (What.CLOSED, ""),
}
EFFECTS: Final = {
    "access": gettext_lazy("停用账户，会话和令牌随即结束"),
    "flag": gettext_lazy("登记聘用限制"),
    "unflag": gettext_lazy("撤回聘用限制"),
    "restore": gettext_lazy("账户须由系统管理员重新启用"),
}


@dataclass(frozen=True)
class Cell:
    number: int
    label: Any
    state: str
    word: Any
    icon: str
    facts: Sequence[tuple[Any, Any]]


def board(matter: SanctionCase, actor: Actor, failed: MatterForm | None) -> dict[str, Any]:
    entries = list(matter.entries.select_related("by"))
    part = standing.part_of(matter, actor)
    leads = part == standing.Part.LEAD and gate.may(actor, Action.SANCTION_LEAD)
    ruling = deciding.waiting(matter)
    whom = people.who(matter)
    language = "en" if get_language() == "en" else "zh"
    findings = serving.findings_of(matter)
    live = matter.stage != Stage.CLOSED
    return {
        "title": " ".join((matter.code, _("责任追究"))),
        "matter": matter,
        "whom": whom,
        "masked": letters.masked(whom.id_number),
        "known": bool(whom.id_number),
        "summary": opening.summary_of(matter),
        "findings": letters.written(findings, language) if findings else "",
        "acts": rules.acts(matter.acts),
        "barred": rules.barred(matter.acts),
        "terms": {name: rules.term(name) for name in ("hearing", "appeal", "flag")},
        "cells": _cells(matter, entries),
        "leads": leads and live,
        "live": live,
        "failed": failed,
        "now": _now(matter, actor, failed, leads=leads, waits=ruling is not None),
        "always": [_form(matter, name, failed) for name in ("note", "evidence")] if live else [],
        "join": _form(matter, "join", failed) if leads and live else None,
        "waiting": ruling,
        "may_withdraw": ruling is not None and (leads or ruling.proposed_by_id == actor.id),
        "rulings": [_ruling(matter, each, language) for each in _in_force(matter)],
        "papers": own_telling.attach(matter.papers.all()),
        "answers": [
            (each, hearing.text_of(matter, each)) for each in matter.answers.select_related("by")
        ],
        "superiors": [
            (each, investigating.reason_of(matter, each))
            for each in matter.supervisors.select_related("user")
        ],
        "unjudged": investigating.unjudged(matter),
        "members": people.group(matter),
        "entries": [
            (each, _told(each), standing.text_of(matter, each)) for each in reversed(entries)
        ],
        "flags": list(matter.flags.all()),
        # Whoever works on the matter need not be in the group of the incident.
        "incident": Incident.objects.filter(pk=matter.incident_id or 0).first(),
    }


def _in_force(matter: SanctionCase) -> list[SanctionRuling]:
    rows = matter.rulings.filter(in_force_at__isnull=False)
    return list(rows.select_related("proposed_by", "decided_by"))


def _ruling(matter: SanctionCase, row: SanctionRuling, language: str) -> dict[str, Any]:
    words = deciding.words_of(matter, row)
    return {
        "row": row,
        "measures": rules.measures(row.measures),
        "words": letters.written(words, language),
    }


def _now(
    matter: SanctionCase, actor: Actor, failed: MatterForm | None, *, leads: bool, waits: bool
) -> list[dict[str, Any]]:
    """The acts of this stage for this person; nothing is changed while a decision waits."""
    names = [each for each in AT[matter.stage] if leads or each not in LEADS]
    if waits:
        names = [each for each in names if each not in {"decide", "settle", "superior"}]
    if not gate.may(actor, Action.SANCTION_DECIDE):
        names = [each for each in names if each not in {"decide", "settle"}]
    if not investigating.superiors(matter):
        names = [each for each in names if each != "superior"]
    if not matter.papers.filter(served_on=None).exists():
        names = [each for each in names if each != "serve"]
    return [_form(matter, each, failed) for each in names]


def _form(matter: SanctionCase, name: str, failed: MatterForm | None) -> dict[str, Any]:
    form = failed if failed is not None and failed.act == name else ACTS[name].form(matter)
    label, button = LABELS.get(name, ("", ""))
    return {"form": form, "label": label, "button": button}


def _cells(matter: SanctionCase, entries: Sequence[SanctionEntry]) -> list[Cell]:
    order = list(Stage.values)
    at = order.index(matter.stage)
    appealed = any(each.what == What.APPEALED for each in entries)
    found = []
    for number, stage in enumerate(order):
        state = "done" if number < at or matter.stage == Stage.CLOSED else "waiting"
        if number == at and matter.stage != Stage.CLOSED:
            state = "now"
        skipped = stage in {Stage.APPEALED, Stage.SETTLED} and not appealed
        if skipped and matter.stage == Stage.CLOSED:
            state = "not_needed"
        word, icon = _STATES[state]
        facts = _facts(matter, stage, entries)
        found.append(Cell(number + 1, Stage(stage).label, state, word, icon, facts))
    return found


_STATES: Final[Mapping[str, tuple[Any, str]]] = {
    "done": (gettext_lazy("已办"), "check"),
    "now": (gettext_lazy("现在"), "play"),
    "waiting": (gettext_lazy("等待"), ""),
    "not_needed": (gettext_lazy("不需要"), ""),
}


def _facts(
    matter: SanctionCase, stage: str, entries: Sequence[SanctionEntry]
) -> list[tuple[Any, Any]]:
    facts: list[tuple[Any, Any]] = []
    if stage == Stage.INVESTIGATION:
        facts.append((pgettext("追究时间", "立案"), matter.opened_at))
    if stage == Stage.NOTICED and matter.hearing_until:
        facts.append((_("答复期限"), matter.hearing_until))
    if stage == Stage.NOTICED and matter.heard:
        facts.append((matter.get_heard_display(), None))
    if stage == Stage.SERVED and matter.appeal_until:
        facts.append((_("申诉期限"), matter.appeal_until))
    what, kind = _DONE.get(Stage(stage), ("", ""))
    over = [each for each in entries if each.what == what and each.facts.get("paper", "") == kind]
    if over:
        facts.append((over[-1].get_what_display(), over[-1].at))
    return facts


def _told(entry: SanctionEntry) -> str:
    """What its codes say in words."""
    said = entry.facts
    parts = [
        _("、").join(str(each) for each in rules.acts(said.get("acts", ()))),
        _("、").join(str(each) for each in rules.measures(said.get("measures", ()))),
        str(SanctionPaper.Kind(said["paper"]).label) if "paper" in said else "",
        str(EFFECTS.get(said.get("effect", ""), "")),
        str(said.get("flag", "")),
        str(said.get("person", "")),
        str(SanctionPaper.How(said["how"]).label) if "how" in said else "",
    ]
    return " · ".join(filter(None, parts))
