"""The morning page's parts of the audits: the unexplained share by unit, and audits that stand still."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from access import gate, unit_page
from access.actions import Action
from access.admin_pages import Headline, actor_of, headlines, panel
from access.audits import running, shares
from access.models import AuditRun
from custodian.jobs import JobStatus

DAYS = 7
LATE = 2  # days that may wait before the officer is told


@panel(22, column="main", template="admin/panels/shares.html")
def unexplained(request: HttpRequest) -> dict[str, Any] | None:
    if not gate.may(actor_of(request), Action.FINDING_READ):
        return None
    rows = unit_page.most_unexplained(DAYS)
    newest = AuditRun.objects.filter(status=JobStatus.DONE).order_by("-day").first()
    return {
        "rows": rows,
        "top": max((max(trend, default=0.0) for _unit, _share, trend in rows), default=0.0),
        "days": DAYS,
        "newest": newest,
        "house": shares.under("", *shares.lately(DAYS)),
        "url": reverse("admin:audits"),
    }


def standing_still(request: HttpRequest) -> Headline | None:
    """Days that nobody audited: the morning's findings are then not all there are."""
    if not gate.may(actor_of(request), Action.FINDING_READ):
        return None
    waiting = AuditRun.objects.exclude(status=JobStatus.DONE).count() + len(running.due_days())
    if waiting < LATE:
        return None
    words = _("%(n)s 天的查询还没有审计。") % {"n": waiting}
    detail = _("审计按天顺序补跑；若长时间不动，请管理员查看后台作业。")
    return Headline(38, words, detail, reverse("admin:audits"), _("查看每日审计"))


headlines.append(standing_still)
