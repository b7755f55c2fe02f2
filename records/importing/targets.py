"""Where a column may go: elements of the catalogue, and the keys and facts that join rows."""

from __future__ import annotations

from typing import Final

from records.importing.customer_targets import CUSTOMER_TARGETS
from records.importing.policy_targets import POLICY_TARGETS
from records.importing.target import Check, Kind, Target

__all__ = ["FREE_TEXT", "TARGETS", "Check", "Kind", "Target", "kinds_of"]

TARGETS: Final = {target.code: target for target in (*CUSTOMER_TARGETS, *POLICY_TARGETS)}
FREE_TEXT: Final = frozenset({Check.NAME, Check.TEXT, Check.WORD})


def kinds_of(code: str) -> frozenset[Kind]:
    """The kinds of sheet a target says something about."""
    family = code.partition(".")[0]
    if family in ("identity", "financial", "customer", "guardian", "relation"):
        return frozenset({Kind.CUSTOMERS})
    if family in ("policy", "claim"):
        return frozenset({Kind.POLICIES if family == "policy" else Kind.CLAIMS})
    return frozenset({Kind.CUSTOMERS, Kind.POLICIES})
