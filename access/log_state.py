"""The log on the morning page: how far it is sealed, and what is wrong with it, before all else."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from access import gate
from access.actions import Action
from access.admin_pages import Headline, actor_of, headlines, panel
from access.models import Entry
from access.querylog import sealing
from access.querylog.heads import newest_head
from access.querylog.standing import standing

BROKEN, BEHIND = 100, 90


@panel(0, column="top", template="admin/panels/log_state.html")
def log_state(request: HttpRequest) -> dict[str, Any]:
    """Indexes, times and states; nothing of what the entries say."""
    now = standing()
    head = newest_head(witnessed=now.witnessed > 0)
    newest = Entry.objects.newest_first().values_list("id", "written_at").first()
    state = "broken" if now.broken is not None else now.state(max(now.sealed - 1, 0))
    if state == "verified":
        # On the morning page the witnesses' word is what matters: a check of one's own needs no saying.
        state = "witnessed" if now.witnessed >= now.sealed else "sealed"
    return {
        "state": state,
        "broken": now.broken,
        "sealed": (head.size - 1) if head else None,
        "share": now.share,
        "checkpoint_at": head.made_at if head else None,
        "written": newest[0] if newest else None,
        "written_at": newest[1] if newest else None,
        "url": reverse("admin:access_verification_changelist"),
        "may_read": gate.may(actor_of(request), Action.LOG_READ),
    }


def broken(request: HttpRequest) -> Headline | None:
    first = standing().broken
    if first is None or not gate.may(actor_of(request), Action.LOG_READ):
        return None
    return Headline(
        BROKEN,
        _("核验发现查询日志从 #%(index)s 起与已签署的检查点不一致。") % {"index": f"{first:,}"},
        _("请勿重建或恢复数据库；先保全证据，按运行手册“查询日志”处理。"),
        reverse("admin:access_verification_changelist"),
        _("查看核验"),
    )


def behind(request: HttpRequest) -> Headline | None:
    waited = sealing.delay() if settings.CUSTODIAN_SEALING else 0.0
    short, _long = settings.CUSTODIAN_SEAL_SECONDS
    if waited <= short:
        return None
    return Headline(
        BEHIND,
        _("查询日志的封存已落后 %(seconds)s 秒，揭示与导出已暂停。")
        % {"seconds": f"{waited:,.0f}"},
        _("定序进程没有运行，或不能写入库外的检查点。请联系系统管理员。"),
        "",
        "",
    )


headlines += [broken, behind]
