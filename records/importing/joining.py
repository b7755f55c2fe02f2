"""Which policy belongs to which customer, and which claim to which policy, within one import."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import Problem, hard
from records.importing.drafts import By, ClaimDraft, CustomerDraft, PolicyDraft, Reference, Rejected

HOLDER_UNKNOWN = hard("policy-holder-unknown", _("客户资料中没有这位投保人，请先导入客户"))
HOLDER_QUARANTINED = hard("policy-holder-quarantined", _("投保人还在隔离区，请先处理该客户"))
POLICY_UNKNOWN = hard("claim-policy-unknown", _("保单资料中没有这份保单，请先导入保单"))
POLICY_QUARANTINED = hard("claim-policy-quarantined", _("保单还在隔离区，请先处理该保单"))

_ID_NUMBER: Final = "identity.id_number"


class Joiner:
    """Keys of what was kept and what was set aside. Feed customers first, then policies."""

    def __init__(self) -> None:
        self._customers: dict[tuple[By, str, str | None], str] = {}
        self._policies: set[str] = set()
        self._quarantined: set[tuple[str, str]] = set()

    def keep_customer(self, draft: CustomerDraft) -> None:
        self._customers[By.KEY, draft.key, None] = draft.key
        self._customers[By.ROW, str(draft.row), draft.source] = draft.key
        if number := draft.values.get(_ID_NUMBER):
            # A document names its customer wherever the file has a number of its own for him.
            self._customers.setdefault((By.ID_NUMBER, number, None), draft.key)

    def keep_policy(self, draft: PolicyDraft) -> None:
        self._policies.add(draft.key)
        self._policies.add(draft.values.get("policy.number", draft.key))

    def set_aside(self, rejected: Rejected, *, key: str | None = None) -> None:
        """`key` where the rejected row showed one: whoever points at it is told why."""
        self._quarantined.add((rejected.source, str(rejected.row.number)))
        if key:
            self._quarantined.add(("", key))

    def customer_of(self, reference: Reference) -> str | Problem:
        found = self._customers.get((reference.by, reference.value, reference.source))
        if found is None and reference.by is By.KEY:
            found = self._customers.get((By.ID_NUMBER, reference.value, None))
        if found is not None:
            return found
        if (reference.source or "", reference.value) in self._quarantined:
            return HOLDER_QUARANTINED
        return HOLDER_UNKNOWN

    def policy_of(self, draft: ClaimDraft) -> str | Problem:
        if draft.policy_key in self._policies:
            return draft.policy_key
        return POLICY_QUARANTINED if ("", draft.policy_key) in self._quarantined else POLICY_UNKNOWN
