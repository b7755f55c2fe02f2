"""The approvals of holds: what whoever decides is shown, and what follows when he says yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access import approvals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from custodian import clock
from records.legal_holds import counting, selectors
from records.legal_holds.placing import LEGAL_HOLD, PLACE, RELEASE, content, release_content
from records.models import LegalHold

Lines = list[tuple[Any, Sequence[Any]]]

_SCOPE, _GROUND = pgettext_lazy("法律保留", "范围"), pgettext_lazy("法律保留", "事由")


def covers(payload: Mapping[str, Any]) -> str:
    found = counting.extent(LegalHold.objects.get(ref=payload["ref"]))
    said = {"customers": f"{found.customers:,}", "holdings": f"{found.holdings:,}"}
    if found.at is None:
        return str(_("此刻 %(customers)s 名客户、%(holdings)s 份资料") % said)
    said["at"] = f"{clock.local(found.at):%Y-%m-%d %H:%M}"
    return str(_("%(at)s 时 %(customers)s 名客户、%(holdings)s 份资料") % said)


class _Base:
    action = Action.LEGAL_HOLD_APPROVE

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:records_legalhold", args=[payload["ref"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A hold is about customers, who are nobody's colleagues."""
        return frozenset()


class _Place(_Base):
    label = _("法律保留")

    def describe(self, payload: Mapping[str, Any]) -> Lines:
        scope, selector = payload["scope"], payload["selector"]
        since = clock.local(datetime.fromisoformat(payload["since"]))
        return [
            (_("保留编号"), [payload["hold"]]),
            (_SCOPE, [LegalHold.Scope(scope).label]),
            *selectors.in_words(scope, selector),
            (_("涉及"), [covers(payload)]),
            (_GROUND, [LegalHold.Ground(payload["ground"]).label]),
            (_("理由"), [payload["reason"]]),
            (_("函号"), [payload["letter"] or "—"]),
            (_("提出"), [f"{since:%Y-%m-%d %H:%M}"]),
            (_("复查日"), [payload["review"]]),
            (_("后果"), [_("其中的资料不销毁，直到另一人同意解除；以后进入范围的也一样")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        hold = LegalHold.objects.select_for_update().get(approval=approval)
        if content(hold) != approval.payload:
            raise ContentChanged
        # It may have lapsed meanwhile, and begins anew: the update waits for a chunk that is under way.
        LEGAL_HOLD.move(hold, "open")

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        LEGAL_HOLD.move(LegalHold.objects.get(approval=approval), "return")


class _Release(_Base):
    label = _("解除法律保留")

    def describe(self, payload: Mapping[str, Any]) -> Lines:
        hold = LegalHold.objects.select_related("placed_by").get(ref=payload["ref"])
        return [
            (_("保留编号"), [hold.code]),
            (_SCOPE, [hold.get_scope_display()]),
            *selectors.in_words(hold.scope, hold.selector),
            (_("涉及"), [covers(payload)]),
            (_GROUND, [hold.get_ground_display()]),
            (_("提出人"), [str(hold.placed_by)]),
            (_("解除理由"), [payload["reason"]]),
            (_("后果"), [_("其中保存期已满、没有其他保留的资料可以销毁")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        hold = LegalHold.objects.select_for_update().get(release_approval=approval)
        if release_content(hold, hold.release_reason) != approval.payload:
            raise ContentChanged
        LEGAL_HOLD.move(hold, "release", {"released_at": clock.now()})

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        LEGAL_HOLD.move(LegalHold.objects.get(release_approval=approval), "keep")


approvals.register(PLACE, _Place())
approvals.register(RELEASE, _Release())
