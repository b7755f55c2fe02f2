"""The sealed context of one entry, opened for whoever the gate has let: the reason and the inputs."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from access.keystore import NoKey
from access.models import SealedContext
from access.querylog.telling import Told
from access.querylog.write import open_context
from access.reasons import sentence
from access.training.words import titles
from access.vocabulary import Reach, Role
from custodian.crypto.errors import OpenFailed

_CHOICES = {"role": Role.choices, "reach": Reach.choices, "nearness": Reach.choices}
# Around the turn of a month the context may lie under the key of the month next to the entry's.
_AROUND = (timedelta(), timedelta(minutes=-5), timedelta(minutes=5))


def context_of(told: Told) -> list[tuple[str, Any]] | None:
    """The context's parts with their words, the reason first; None when it was erased."""
    row = SealedContext.objects.filter(entry_id=told.entry.id).first()
    context = context_in(bytes(row.body_sealed), at=told.at) if row else None
    return None if context is None else _worded(context)


def context_in(sealed: bytes, *, at: datetime) -> dict[str, Any] | None:
    """The context of an entry of this moment; None when its month's key is gone."""
    for month in dict.fromkeys(f"{at + step:%Y-%m}" for step in _AROUND):
        try:
            return open_context(sealed, month=month)
        except (OpenFailed, NoKey):
            continue
    return None


def _worded(context: dict[str, Any]) -> list[tuple[str, Any]]:
    words = {
        "reason": _("填写的理由"),
        "asked": _("要找的"),
        "role": _("当时的岗位"),
        "reach": _("当时的范围"),
        "hour": _("钟点"),
        "stepped_up": _("已二次验证"),
        "token": _("令牌"),
        "nearness": _("客户与其的关系"),
        "trained": _("有效的培训与承诺"),
        "granted": _("凭授权的信息项"),
        "lent": _("凭什么可及"),
        "page": _("页面"),
        "query": _("条件"),
        "entry": _("所看条目"),
        "holdings": _("所限资料"),
        "address": _("网络地址"),
        "typed": _("输入的登录名"),
    }
    known = [
        (words[name], _said(name, context[name]))
        for name in words
        if context.get(name) not in (None, "", [])
    ]
    others = [
        (name, value) for name, value in context.items() if name not in words and name != "month"
    ]
    return known + others


def _said(name: str, value: Any) -> Any:
    """A role, a reach or a yes in words; anything else as it was noted."""
    if name in _CHOICES:
        return dict(_CHOICES[name]).get(value, value)
    if name == "trained":
        return _("、").join(titles(value))
    if name == "lent":
        return sentence(f"nearness-{value}")
    if name == "stepped_up":
        return _("是") if value else _("否")
    return value
