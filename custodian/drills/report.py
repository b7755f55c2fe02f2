"""Tells what the drill of the malicious administrator found, in a table and for programs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.table import Table

from access.verification.walk import Fault
from access.verification.words import sentence
from custodian.drills.tamper import Drill, Outcome

_VERDICTS = {
    "alone": gettext_lazy("查出"),
    "outside": gettext_lazy("只有库外副本查出"),
    "missed": gettext_lazy("未查出"),
    "misplaced": gettext_lazy("查出，但指错了条目"),
}
_HOLDERS = {
    "head": gettext_lazy("库外检查点"),
    "archive": gettext_lazy("一次写入的副本"),
    "witness": gettext_lazy("见证方"),
}


def as_table(drill: Drill, console: Console) -> None:
    console.print(_played_on(drill))
    console.print(
        _(
            "副本用演练自造的密钥签署，由演练自己的见证方见证；真正的数据库只被读取，真正的密钥没有动用。"
        )
    )
    table = Table(header_style="bold", pad_edge=False)
    for name in (_("做法"), _("只看数据库"), _("库外副本"), _("定序进程"), _("结论")):
        table.add_column(name, overflow="fold")
    for outcome in drill.outcomes:
        style = "" if outcome.kept else "bold red"
        table.add_row(*_cells(outcome), style=style)
    console.print(table)
    for line in _summary(drill):
        console.print(line)


def as_json(drill: Drill) -> dict[str, Any]:
    return {
        "kept": drill.kept,
        "entries": drill.entries,
        "copied": drill.copied,
        "attacks": [
            {
                "attack": outcome.attack.name,
                "index": outcome.index,
                "alone": _fact(outcome.alone),
                "outside": [_fact(fault) for fault in outcome.outside],
                "start": outcome.start,
                "verdict": outcome.verdict,
            }
            for outcome in drill.outcomes
        ],
    }


def _fact(fault: Fault | None) -> dict[str, Any] | None:
    return None if fault is None else {"code": fault.code, "index": fault.index}


def _played_on(drill: Drill) -> str:
    facts = {"entries": f"{drill.entries:,}", "copied": f"{drill.copied:,}"}
    if drill.copied:
        words = _(
            "在日志的副本上演练：%(entries)s 条，其中 %(copied)s 条是本系统的，其余由演练写入。"
        )
    else:
        words = _("在演练自写的日志上演练：%(entries)s 条，没有用到本系统的日志。")
    return words % facts


def _cells(outcome: Outcome) -> tuple[str, ...]:
    alone, first = outcome.alone, min((fault.index for fault in outcome.outside), default=None)
    holders = dict.fromkeys(
        str(_HOLDERS[fault.code.partition("-")[0]]) for fault in outcome.outside
    )
    return (
        str(outcome.attack.does),
        f"#{alone.index:,} {sentence(alone.code)}" if alone else "—",
        "—" if first is None else f"#{first:,} " + _("、").join(holders),
        _("拒绝签署") if outcome.start else "—",
        str(_VERDICTS[outcome.verdict]),
    )


def _summary(drill: Drill) -> list[str]:
    broken = [outcome for outcome in drill.outcomes if not outcome.kept]
    outside = [outcome for outcome in drill.outcomes if outcome.verdict == "outside"]
    if broken:
        names = _("、").join(outcome.attack.name for outcome in broken)
        return [_("没有守住：%(names)s。") % {"names": names}]
    return [
        _("%(count)s 种做法全部查出，并指明第一处。") % {"count": len(drill.outcomes)},
        _("其中 %(count)s 种在数据库里不留痕迹，只有库外副本查出：%(names)s。")
        % {
            "count": len(outside),
            "names": _("；").join(str(outcome.attack.does) for outcome in outside),
        },
        _(
            "本演练之外仍查不出的：写入进程刚崩溃时其最后一条（十秒以内）；被攻陷的应用不记录的查询；"
            "密封的理由被整份删除。"
        ),
    ]
