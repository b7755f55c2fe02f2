"""Where a column may go: elements of the catalogue, and the keys and facts that join rows."""

from __future__ import annotations

from typing import Final

from records.importing.consent_targets import CONSENT_TARGETS
from records.importing.customer_targets import CUSTOMER_TARGETS
from records.importing.policy_targets import POLICY_TARGETS
from records.importing.target import Check, Kind, Target
from records.importing.work_targets import WORK_TARGETS

__all__ = ["APART", "TARGETS", "Check", "Kind", "Target", "belongs"]

_ALL: Final = (*CUSTOMER_TARGETS, *POLICY_TARGETS, *WORK_TARGETS, *CONSENT_TARGETS)
TARGETS: Final = {target.code: target for target in _ALL}


def belongs(code: str, kind: Kind) -> bool:
    """Whether rows of this kind have a use for the target."""
    family = code.partition(".")[0]
    if family in APART.values() or kind in APART:
        return APART.get(kind) == family
    if kind is Kind.MIXED or family in _SERVING:
        return True
    return family in _FAMILIES[kind] or (kind is Kind.CLAIMS and code in _POINTING)


# Rows of these kinds know their own targets only, and no other rows know those.
APART: Final = {Kind.CONSENTS: "consent", Kind.WORK: "work"}
_SERVING: Final = frozenset({"agent", "intermediary", "unit"})
_POINTING: Final = frozenset({"customer.key", "policy.key", "policy.number"})
_FAMILIES: Final = {
    Kind.CLAIMS: frozenset({"claim"}),
    Kind.CUSTOMERS: frozenset({"customer", "financial", "guardian", "identity", "relation"}),
    Kind.POLICIES: frozenset({"policy"}),
}
