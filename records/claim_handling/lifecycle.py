"""The lives of a claim and of a decision on it, as tables of moves."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from custodian.errors import CustodianError
from custodian.workflow import IllegalMove, Workflow
from records.models import Claim, ClaimDecision

Status = Claim.Status
DecisionStatus = ClaimDecision.Status
CLAIM: Final = Workflow(
    {
        "examine": (frozenset({Status.REPORTED.value}), Status.EXAMINING.value),
        "ask": (frozenset({Status.EXAMINING.value}), Status.WAITING.value),
        "resume": (frozenset({Status.WAITING.value}), Status.EXAMINING.value),
        "approve": (frozenset({Status.EXAMINING.value}), Status.APPROVED.value),
        "reject": (frozenset({Status.EXAMINING.value}), Status.REJECTED.value),
        "pay": (frozenset({Status.APPROVED.value}), Status.PAID.value),
    }
)
DECISION: Final = Workflow(
    {
        "effect": (frozenset({DecisionStatus.WAITING.value}), DecisionStatus.EFFECTIVE.value),
        "return": (frozenset({DecisionStatus.WAITING.value}), DecisionStatus.RETURNED.value),
        "withdraw": (frozenset({DecisionStatus.WAITING.value}), DecisionStatus.WITHDRAWN.value),
    }
)
# While somebody is at it, or has to be.
OPEN: Final = frozenset({Status.REPORTED, Status.EXAMINING, Status.WAITING, Status.APPROVED})


class NotNow(CustodianError):
    """The claim is not in the state in which this may be done."""

    code = "claim-not-now"
    status = 409
    message = _("赔案的状态已变，不能这样办。请看最新的状态")


def move(claim: Claim, name: str, **changes: object) -> None:
    """Raises `NotNow`."""
    try:
        CLAIM.move(claim, name, changes)
    except IllegalMove:
        raise NotNow from None
