"""What the morning page says of legal holds: a review that is late, and a yes that is awaited."""

from __future__ import annotations

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from access import gate
from access.actions import Action
from access.admin_pages import Headline, actor_of, headlines
from custodian import clock
from records.models import LegalHold


def overdue(request: HttpRequest) -> Headline | None:
    if not gate.may(actor_of(request), Action.LEGAL_HOLD_REVIEW):
        return None
    count = LegalHold.objects.overdue(clock.local().date()).count()
    if not count:
        return None
    words = ngettext(
        "%(count)s 项法律保留过了复查日。", "%(count)s 项法律保留过了复查日。", count
    ) % {"count": f"{count:,}"}
    return _headline(24, words, _("仍在保留；请复查是否还需要。"))


def awaited(request: HttpRequest) -> Headline | None:
    """More urgent than other approvals: what is not approved within days no longer holds."""
    if not gate.may(actor_of(request), Action.LEGAL_HOLD_PLACE):
        return None
    waiting = LegalHold.objects.filter(status=LegalHold.Status.ASKED).order_by("placed_at")
    holding = [each for each in waiting[:50] if each.holds]
    if not holding:
        return None
    words = ngettext(
        "%(count)s 项法律保留待另一人复核。", "%(count)s 项法律保留待另一人复核。", len(holding)
    ) % {"count": f"{len(holding):,}"}
    end = clock.local(holding[0].provisional_until)
    detail = _("最早的一项在 %(end)s 失效，之后其中的资料可能被销毁。")
    return _headline(27, words, detail % {"end": f"{end:%Y-%m-%d %H:%M}"})


def _headline(urgency: int, words: str, detail: str) -> Headline:
    url = reverse("admin:records_legalhold_changelist")
    return Headline(urgency, words, detail, url, _("查看法律保留"))


headlines += [overdue, awaited]
