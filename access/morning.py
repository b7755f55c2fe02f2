"""The morning page's parts of access: today's looks, findings, people; and what the search box finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Case, Count, When
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access import gate
from access.action_words import ACTS
from access.actions import Action
from access.admin_pages import Headline, actor_of, finders, headlines, panel
from access.models import Finding, User
from access.querylog import explore, hourly
from custodian import clock


@dataclass
class Tally:
    """Today's entries of one act."""

    act: str
    count: int = 0
    people: int = 0
    subjects: int = 0
    url: str = ""


def _today(request: HttpRequest) -> dict[str, Tally]:
    """Today's entries by act, counted once for the whole page."""
    tallies: dict[str, Tally] | None = getattr(request, "_tallies", None)
    if tallies is None:
        day = clock.local().date()
        tallies = {}
        for row in hourly.by_act(explore.Filters(since=day, until=day)):
            tally = tallies.setdefault(row.act, Tally(row.act, url=_today_url(row.act)))
            tally.count += row.count
            tally.people += 1
            tally.subjects += row.shown
        request._tallies = tallies  # type: ignore[attr-defined]  # noqa: SLF001  lives as long as the page
    return tallies


def _today_url(act: str = "") -> str:
    day = clock.local().date().isoformat()
    return f"{reverse('admin:querylog')}?since={day}&until={day}" + (f"&act={act}" if act else "")


@panel(10, column="main", template="admin/panels/looks.html")
def looks(request: HttpRequest) -> dict[str, Any] | None:
    if not gate.may(actor_of(request), Action.LOG_READ):
        return None
    tallies = _today(request)
    rows = [tallies[act] for act in [*ACTS, *sorted(set(tallies) - set(ACTS))] if act in tallies]
    return {"rows": rows, "total": sum(row.count for row in rows), "url": _today_url()}


@panel(20, column="main", template="admin/panels/findings.html")
def findings(request: HttpRequest) -> dict[str, Any] | None:
    if not gate.may(actor_of(request), Action.FINDING_READ):
        return None
    waiting = Finding.objects.filter(status=Finding.Status.OPEN).select_related("operator__unit")
    by_severity = Case(
        *(When(severity=name, then=place) for place, name in enumerate(Finding.Severity.values))
    )
    url = f"{reverse('admin:access_finding_changelist')}?status__exact=open"
    return {
        "rows": waiting.order_by(by_severity, "-found_at")[:6],
        "count": waiting.count(),
        "url": url,
    }


@panel(30, column="side", template="admin/panels/people.html")
def people(request: HttpRequest) -> dict[str, Any] | None:
    if not gate.may(actor_of(request), Action.USER_READ):
        return None
    counted = dict(
        User.objects.filter(is_active=True).order_by().values_list("role").annotate(Count("id"))
    )
    url = reverse("admin:access_user_changelist")
    labels = dict(User._meta.get_field("role").choices or [])
    rows = [
        {"label": label, "count": counted[role], "url": f"{url}?role__exact={role}"}
        for role, label in labels.items()
        if role in counted
    ]
    return {"rows": rows, "total": sum(counted.values()), "url": url}


def refusals(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), Action.LOG_READ):
        return None
    refused = _today(request).get("denied")
    if refused is None:
        return None
    words = ngettext(
        "今天有 %(count)s 次查询被拒绝。", "今天有 %(count)s 次查询被拒绝。", refused.count
    ) % {"count": f"{refused.count:,}"}
    return Headline(
        10, words, _("拒绝不等于违规；看看是谁、为了什么。"), refused.url, _("查看拒绝")
    )


def open_findings(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), Action.FINDING_READ):
        return None
    urgent = Finding.objects.filter(status="open", severity__in=("urgent", "high"))
    if not (count := urgent.count()):
        return None
    url = f"{reverse('admin:access_finding_changelist')}?status__exact=open"
    words = ngettext(
        "%(count)s 项高级别审计发现等待定性。", "%(count)s 项高级别审计发现等待定性。", count
    ) % {"count": f"{count:,}"}
    worst = urgent.filter(severity="urgent").first()
    told = worst or urgent[0]
    return Headline(46 if worst else 40, words, told.words, url, _("查看发现"))


headlines += [refusals, open_findings]


def log_entry(asked: str, request: HttpRequest) -> str | None:
    digits = asked.removeprefix("#").replace(",", "").replace("，", "")
    if not digits.isdecimal() or len(digits) > 17:
        return None
    return reverse("admin:querylog_entry", args=[int(digits)])


def person(asked: str, request: HttpRequest) -> str | None:
    if not gate.may(actor_of(request), Action.USER_READ):
        return None
    user = User.objects.filter(staff_no__iexact=asked).only("ref").first()
    return reverse("admin:person", args=[user.ref]) if user else None


finders += [person, log_entry]
