"""The life of a correction as a table: from the first word to the value in its place."""

from __future__ import annotations

from typing import Final

from custodian.workflow import Workflow
from records.models import Correction

Status = Correction.Status
HANDLED: Final = frozenset({Status.CHECKING.value, Status.CONFIRMING.value})
OPEN: Final = frozenset({Status.DRAFT.value, *(each.value for each in Correction.UNDER_WAY)})
CORRECTION: Final = Workflow(
    {
        "submit": (frozenset({Status.DRAFT.value}), Status.SUBMITTED.value),
        "take": (frozenset({Status.SUBMITTED.value}), Status.CHECKING.value),
        # Somebody else takes it over.
        "hand-back": (HANDLED, Status.SUBMITTED.value),
        "wait": (frozenset({Status.CHECKING.value}), Status.CONFIRMING.value),
        "put-up": (HANDLED, Status.APPROVING.value),
        "release": (HANDLED, Status.APPROVED.value),
        "approve": (frozenset({Status.APPROVING.value}), Status.APPROVED.value),
        "return": (frozenset({Status.APPROVING.value}), Status.CHECKING.value),
        # What stands there is another value by now, or does not fit any more.
        "conflict": (frozenset({Status.APPROVED.value}), Status.CHECKING.value),
        "apply": (frozenset({Status.APPROVED.value}), Status.APPLIED.value),
        "refuse": (
            HANDLED | {Status.SUBMITTED.value, Status.APPROVING.value}, Status.REFUSED.value
        ),
        # What was to be put right is not used or not there any more.
        "lapse": (frozenset(each.value for each in Correction.UNDER_WAY), Status.REFUSED.value),
        "withdraw": (OPEN, Status.WITHDRAWN.value),
    }
)  # fmt: skip
