"""Fraud suspicion on the morning page: claims that are late beside one, and what waits for triage."""

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
from incidents.fraud import claim_clocks
from incidents.fraud.claim_clocks import Undue
from incidents.models import FraudCase

MORNING: Final = 6


def late(actor: Actor) -> list[Undue]:
    if actor.id is None or not gate.may(actor, Action.FRAUD_READ):
        return []
    return claim_clocks.undue(actor)


def to_triage(actor: Actor) -> int:
    if actor.id is None or not gate.may(actor, Action.FRAUD_TRIAGE):
        return 0
    return FraudCase.objects.visible_to(actor).filter(state=FraudCase.State.SUSPECTED).count()


def waiting(request: HttpRequest) -> int:
    """For the navigation."""
    actor = getattr(request, "actor", None)
    return to_triage(actor) if actor is not None else 0


@panel(13, column="main", template="admin/panels/fraud.html")
def beside(request: HttpRequest) -> dict[str, Any] | None:
    found = late(actor_of(request))
    if not found:
        return None
    return {"rows": found[:MORNING], "count": len(found), "url": reverse("admin:fraud_board")}


def undue(request: HttpRequest) -> Headline | None:
    found = late(actor_of(request))
    if not found:
        return None
    words = ngettext(
        "有 %(count)s 件赔案在欺诈疑点未了时超过时限。",
        "有 %(count)s 件赔案在欺诈疑点未了时超过时限。",
        len(found),
    ) % {"count": f"{len(found):,}"}
    detail = _("疑点不停止赔案的时限：尽快核定，或甄别疑点。")
    return Headline(47, words, detail, reverse("admin:fraud_board"), _("查看疑点"))


def triage(request: HttpRequest) -> Headline | None:
    count = to_triage(actor_of(request))
    if not count:
        return None
    words = ngettext("%(count)s 件欺诈疑点等待甄别。", "%(count)s 件欺诈疑点等待甄别。", count) % {
        "count": f"{count:,}"
    }
    detail = _("转入调查，或写明为什么不成立。")
    return Headline(20, words, detail, reverse("admin:fraud_board"), _("查看疑点"))


headlines.extend([undue, triage])
