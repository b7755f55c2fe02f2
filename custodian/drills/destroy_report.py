"""Tells what the drill of the destroyed customer found, in a table and for programs."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console
from rich.table import Table

from access import restored
from custodian.drills.destroy import Drill, Step
from custodian.drills.loot import NOTHING

_FOUND: dict[str, Promise | str] = {
    "certificate": gettext_lazy("已销毁，有证明"),
    "checkpoint-older": gettext_lazy("拒绝：检查点太旧"),
    "expired": gettext_lazy("已删除"),
    "file-altered": gettext_lazy("拒绝：备份被改动"),
    "gap-not-accepted": gettext_lazy("拒绝：有缺口"),
    "gap-reported": gettext_lazy("已核对，缺口已上报"),
    "no-file": gettext_lazy("已删除"),
    "there": gettext_lazy("还在"),
    "not-found": gettext_lazy("没有此客户"),
    "restored": gettext_lazy("已恢复，待核对"),
    "tombstones-older": gettext_lazy("拒绝：销毁凭据不全"),
    NOTHING: gettext_lazy("打不开"),
    restored.CODE: gettext_lazy("不提供服务"),
}


def as_table(drill: Drill, console: Console) -> None:
    console.print(_("演练用自造的数据库、密钥、人员与两位客户；真正的数据库与密钥没有动用。"))
    table = Table(header_style="bold", pad_edge=False)
    for name in (_("做法"), _("结果"), _("结论")):
        table.add_column(name, overflow="fold")
    for step in drill.steps:
        verdict = _("如预期") if step.kept else _("没有守住")
        table.add_row(
            str(step.does), _words(step.found), verdict, style="" if step.kept else "bold red"
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


def _words(found: str) -> str:
    """A name that was read is said as it is: it is the drill's own."""
    return str(_FOUND.get(found, _("读到「%(name)s」") % {"name": found}))
