"""The morning page's part of partners: what is overdue, missing its proof, or about to end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access import gate
from access.actions import Action
from access.admin_pages import Headline, actor_of, headlines, panel
from custodian import clock
from transfers.agreements.words import NEAR
from transfers.models import Agreement, Telling

READ = Action.COUNTERPARTY_READ


@panel(60, column="side", template="admin/panels/partners.html")
def partners(request: HttpRequest) -> dict[str, Any] | None:
    """Nothing where nothing is owed."""
    if not gate.may(actor_of(request), READ):
        return None
    today = clock.local().date()
    running = Agreement.objects.running().select_related("counterparty")
    found = {
        "overdue": list(running.filter(review_on__lt=today).order_by("review_on")[:4]),
        "unproven": list(Agreement.objects.unproven().select_related("counterparty")[:4]),
        "ending": list(running.filter(until__lte=today + NEAR).order_by("until")[:4]),
        "tellings": _owed().count(),
    }
    return found if any(found.values()) else None


def _owed() -> Any:
    return Telling.objects.exclude(status=Telling.Status.CONFIRMED)


def late_tellings(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), READ):
        return None
    n = _owed().filter(due_at__lte=clock.now()).count()
    if not n:
        return None
    sentence = ngettext(
        "%(n)s 项更正没有按期告知合作方。", "%(n)s 项更正没有按期告知合作方。", n
    ) % {"n": n}
    return Headline(
        14, sentence, _("对方还在使用更正前的资料。"), reverse("admin:tellings"), _("去告知")
    )


def unproven(request: HttpRequest) -> Headline | None:
    """A week after the end it becomes the day's affair."""
    if not gate.may(actor_of(request), READ):
        return None
    before = clock.now() - timedelta(days=7)
    late = [a for a in Agreement.objects.unproven() if (over := a.over_at) and over <= before]
    if not late:
        return None
    sentence = ngettext(
        "%(n)s 份已结束的合作协议还没有返还或删除的证明。",
        "%(n)s 份已结束的合作协议还没有返还或删除的证明。",
        len(late),
    ) % {"n": len(late)}
    place = reverse("admin:agreement", args=[late[0].ref])
    return Headline(12, sentence, _("结束后对方不得保留任何资料。"), place, _("去处理"))


headlines.append(late_tellings)
headlines.append(unproven)
