"""What of risks, controls and audits waits: on the morning page, and as counts beside the menu."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access import gate
from access.actions import Action
from access.admin_pages import Headline, actor_of, headlines, panel
from access.law import clock_words
from incidents.models import Risk, RiskAction
from incidents.risks import actions, calendar, checking, register
from incidents.risks.calendar import Duty
from incidents.risks.checking import Standing

SHOWN: Final = 3


@panel(14, column="main", template="admin/panels/risks.html")
def waiting(request: HttpRequest) -> dict[str, Any] | None:
    """Risks to look at again, duties that are late or near, controls that fail, actions that are late."""
    if not gate.may(actor_of(request), Action.RISK_READ):
        return None
    risks = register.due()
    duties = [each for each in _duties(request) if each.is_late or each.is_soon]
    controls = [each for each in checking.standings() if each.is_wrong]
    late = actions.late()
    count = risks.count() + len(duties) + len(controls) + late.count()
    if not count:
        return None
    return {
        "count": count,
        "lines": [
            *(_duty(each) for each in duties[:SHOWN]),
            *(_control(each) for each in controls[:SHOWN]),
            *(_risk(each) for each in risks[:SHOWN]),
            *(_action(each) for each in late.select_related("owner", "risk", "round")[:SHOWN]),
        ],
        "risks": risks.count(),
        "duties": len(duties),
        "controls": len(controls),
        "actions": late.count(),
    }


def _duties(request: HttpRequest) -> list[Duty]:
    """Reckoned once for a request: people are counted for it."""
    found: list[Duty] | None = getattr(request, "audit_duties", None)
    if found is None:
        found = calendar.duties(actor_of(request))
        request.audit_duties = found  # type: ignore[attr-defined]
    return found


def _duty(duty: Duty) -> dict[str, Any]:
    about = f"?about={duty.about}" if duty.about else ""
    return {
        "url": reverse("admin:risk_duty", args=[duty.rule.code]) + about,
        "words": clock_words.name(duty.rule),
        "kind": _("审计与报告"),
        "on": duty.due_on,
        "late": duty.is_late,
        "unsure": not duty.is_sure,
    }


def _control(now: Standing) -> dict[str, Any]:
    return {
        "url": reverse("admin:risk_control", args=[now.control.code]),
        "words": now.control.words,
        "kind": _("控制失效") if now.state == "failed" else _("控制自查"),
        "on": now.due_on,
        "late": True,
    }


def _risk(risk: Risk) -> dict[str, Any]:
    return {
        "url": reverse("admin:risk", args=[risk.code]),
        "words": risk.title,
        "kind": _("风险复查"),
        "on": risk.review_on,
        "late": False,
    }


def _action(row: RiskAction) -> dict[str, Any]:
    said = {"url": _place(row), "words": row.title, "kind": _("整改措施")}
    return {**said, "on": row.due_on, "late": True}


def _place(row: RiskAction) -> str:
    if row.risk is not None:
        return reverse("admin:risk", args=[row.risk.code])
    return reverse("admin:risk_controls") if row.round is None else reverse("admin:risk_calendar")


def late(request: HttpRequest) -> Headline | None:
    """The oldest duty that is late stands on top, unless something is more urgent."""
    if not gate.may(actor_of(request), Action.RISK_READ):
        return None
    found = [each for each in _duties(request) if each.is_late]
    if not found:
        return None
    sentence = ngettext(
        "%(count)s 项审计或报告过期未办。", "%(count)s 项审计或报告过期未办。", len(found)
    ) % {"count": f"{len(found):,}"}
    detail = _("最早的是%(what)s。") % {"what": clock_words.name(found[0].rule)}
    return Headline(4, sentence, detail, reverse("admin:risk_calendar"), _("查看审计日历"))


def failing(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), Action.CONTROL_READ):
        return None
    found = checking.failed()
    if not found:
        return None
    sentence = ngettext("%(count)s 项控制失效。", "%(count)s 项控制失效。", len(found)) % {
        "count": f"{len(found):,}"
    }
    detail = _("首先是：%(what)s。") % {"what": found[0].control.words}
    return Headline(22, sentence, detail, reverse("admin:risk_controls"), _("查看控制自查"))


headlines.extend((late, failing))


def due_risks(request: HttpRequest) -> int:
    return register.due().count() if _may(request, Action.RISK_READ) else 0


def wrong_controls(request: HttpRequest) -> int:
    """Those that this person's office answers for."""
    actor = getattr(request, "actor", None)
    if actor is None or not _may(request, Action.CONTROL_READ):
        return 0
    return sum(each.is_wrong and each.control.owner == actor.role for each in checking.standings())


def _may(request: HttpRequest, action: Action) -> bool:
    actor = getattr(request, "actor", None)
    return actor is not None and gate.may(actor, action)
