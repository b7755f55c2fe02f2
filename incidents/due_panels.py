"""What falls due next in one's cases, on the morning page and above the list of cases."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access import gate
from access.actions import Action
from access.actors import Actor
from access.admin_pages import Headline, actor_of, headlines, panel
from incidents.cases import due
from incidents.cases.due import Due

MORNING: Final = 6


def rows(actor: Actor) -> list[Due]:
    """Nothing to somebody who is in no working group."""
    if actor.id is None or not gate.may(actor, Action.INCIDENT_WORK):
        return []
    return due.of(actor)


@panel(12, column="main", template="admin/panels/incidents_due.html")
def next_due(request: HttpRequest) -> dict[str, Any] | None:
    found = rows(actor_of(request))
    if not found:
        return None
    return {"rows": found[:MORNING], "count": len(found), "url": reverse("admin:incidents")}


def late(request: HttpRequest) -> Headline | None:
    """Says to members alone that there is a case at all."""
    found = [each for each in rows(actor_of(request)) if each.late()]
    if not found:
        return None
    words = ngettext(
        "您的事件有 %(count)s 项已经逾期。", "您的事件有 %(count)s 项已经逾期。", len(found)
    ) % {"count": f"{len(found):,}"}
    first = found[0]
    detail = _("最早的是 %(code)s：%(what)s") % {"code": first.case.code, "what": first.title}
    return Headline(48, words, detail, reverse("admin:incidents"), _("查看事件"))


headlines.append(late)
