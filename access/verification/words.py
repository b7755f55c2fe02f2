"""What each fault means, in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from access.models.findings import TELLERS

KIND = "log-verification"  # of the finding

_WORDS: Mapping[str, Promise | str] = {
    "archive-ahead": _("数据库落后于一次写入的副本：日志被截短或恢复过"),
    "archive-differs": _("一次写入的副本与数据库不同"),
    "checkpoint-back-in-time": _("检查点的时间倒退"),
    "checkpoint-missing": _("树的末端没有检查点"),
    "checkpoint-not-its-entries": _("检查点的根与条目不符"),
    "checkpoint-not-its-note": _("检查点与其签名文本不符"),
    "checkpoint-signature": _("检查点的签名不是日志密钥所签"),
    "checkpoint-time": _("检查点的时间与签名中的时间不符"),
    "column-not-leaf": _("显示的列与条目原文不符"),
    "context-not-leaf": _("密封的理由不是写入时的那一份"),
    "cosignature-not-witness": _("记下的会签不是见证方所签"),
    "count-not-entries": _("按小时的统计与条目不符"),
    "entry-before-the-first": _("在第一条之前插入了条目"),
    "entry-missing": _("条目缺失"),
    "head-ahead": _("数据库落后于库外的检查点：日志被截短或恢复过"),
    "head-forked": _("数据库与库外的检查点分叉：历史被改写"),
    "head-missing": _("库外的检查点文件不见了"),
    "head-unreadable": _("库外的检查点文件不能读取，或不是日志密钥所签"),
    "key-missing": _("客户的记号密钥不见了或被调换，且日志未说明"),
    "leaf-not-tile": _("条目不是封存时的那一条"),
    "leaf-unreadable": _("条目不能读取"),
    "look-altered": _("客户名单中的一行与条目不符"),
    "looks-missing": _("客户名单缺行，且日志未说明"),
    "mark-not-leaf": _("条目在封存之前被改写"),
    "policy-unreadable": _("核验策略不能读取"),
    "roll-not-its-entries": _("操作人名册与条目不符"),
    "tags-not-leaf": _("客户记号与条目不符"),
    "tile-not-its-leaves": _("树的一块与其下层不符"),
    "time-regression": _("时间倒退：条目被倒签"),
    "unverifiable": _("日志的表已不能读取，无法核验"),
    "writer-gap": _("与同一写入者的前一条不相接：有条目被删或被插"),
}
_HOLDERS: Mapping[str, Promise | str] = {
    "ahead": _("见证方 %(who)s 持有更长的日志：本地被截短或恢复过"),
    "forked": _("见证方 %(who)s 持有另一种历史：本地被改写"),
    "unreadable": _("见证方 %(who)s 的检查点不能读取，或不是日志密钥所签"),
}
_YOURS: Mapping[str, Promise | str] = {
    "yours-ahead": _("您的检查点比本地日志更长：本地被截短或恢复过"),
    "yours-forked": _("您的检查点与本地日志分叉：历史被改写"),
    "yours-unreadable": _("您的检查点不能读取，或不是日志密钥所签"),
}


def sentence(code: str) -> str:
    """The fault in the reader's language; a code that nobody knows stays a code."""
    if code.startswith("witness-"):
        who, _dash, what = code.removeprefix("witness-").rpartition("-")
        return str(_HOLDERS[what]) % {"who": who} if what in _HOLDERS else code
    return str({**_WORDS, **_YOURS}.get(code, code))


def told(facts: Mapping[str, Any]) -> str:
    """The finding that a verification raises: the fault, and the index of the first entry that is wrong."""
    place = {"index": f"{facts['index']:,}", "fault": sentence(facts["fault"])}
    return gettext("查询日志核验不符，自 #%(index)s：%(fault)s") % place


TELLERS[KIND] = told
