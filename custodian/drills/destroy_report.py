"""Tells what the drill of the destroyed customer found, in a table and for programs."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from rich.console import Console

from access import restored
from custodian.drills import steps
from custodian.drills.loot import NOTHING
from custodian.drills.steps import Drill

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
    heading = _("演练用自造的数据库、密钥、人员与两位客户；真正的数据库与密钥没有动用。")
    steps.as_table(drill, console, heading=heading, words=_words)


def _words(found: str) -> str:
    """A name that was read is said as it is: it is the drill's own."""
    return str(_FOUND.get(found, _("读到「%(name)s」") % {"name": found}))
