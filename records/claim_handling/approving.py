"""The approval of a decision: what the second person is told without any value, and where to read it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from records.claim_handling import deciding
from records.models import ClaimDecision


class _Kind:
    action = Action.CLAIM_DECIDE
    label = _("理赔核定")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("desk:claim", args=[payload["claim"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A claim is a customer's, who is nobody's colleague."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        ground = payload["ground"]
        return [
            (_("赔案"), [payload["claim"]]),
            (_("核定"), [ClaimDecision.Kind(payload["kind"]).label]),
            *([(_("原因"), [ClaimDecision.Ground(ground).label])] if ground else []),
            (_("为什么须复核"), deciding.why_words(payload["why"])),
            (_("金额与理由"), [_("密封保存；打开赔案揭示后再复核，揭示会记入查询日志")]),
            (_("密封内容的指纹"), [payload["content"][:16]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        deciding.approve(_decision(approval), approval, actor=actor)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        deciding.send_back(_decision(approval), actor=actor)


def _decision(approval: Approval) -> ClaimDecision:
    """Raises `ContentChanged` for whoever does not reach the customer."""
    rows = ClaimDecision.objects.select_related("claim").filter(approval=approval)
    found: ClaimDecision | None = rows.first()
    if found is None:
        raise approvals.ContentChanged
    return found


approvals.register(deciding.KIND, _Kind())
