"""A claim out of a row: it belongs to a policy, and its dates run forwards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from records.identifiers.checked import hard
from records.importing.drafts import By, ClaimDraft, Flaw, Reference
from records.importing.mapping import SourceMapping

WITHOUT_NUMBER = hard("claim-without-number", _("没有赔案号，请补充"))
WITHOUT_POLICY = hard("claim-without-policy", _("没有所属保单号，请补充"))
DECIDED_FIRST = hard("claim-decided-before-reported", _("结案日期早于报案日期，请核对"))


def draft_claim(
    number: int,
    values: dict[str, str],
    facts: dict[str, str],
    flaws: list[Flaw],
    *,
    mapping: SourceMapping,
) -> ClaimDraft:
    # In a sheet of claims the policy's number only says which policy is meant.
    policy_key = facts.get("claim.policy_key") or facts.get("policy.key")
    policy_key = values.pop("policy.number", None) or policy_key
    key = facts.get("claim.key") or values.get("claim.number")
    reported_on, decided_on = facts.get("claim.reported_on"), facts.get("claim.decided_on")
    if not key:
        flaws.append(Flaw(None, WITHOUT_NUMBER))
    if not policy_key:
        flaws.append(Flaw(None, WITHOUT_POLICY))
    if reported_on and decided_on and decided_on < reported_on:
        flaws.append(Flaw("claim.decided_on", DECIDED_FIRST))
    claimant = facts.get("claim.customer_key") or facts.get("customer.key")
    return ClaimDraft(
        source=mapping.name,
        row=number,
        key=key or "",
        values=values,
        policy_key=policy_key or "",
        customer=Reference(By.KEY, claimant) if claimant else None,
        kind=facts.get("claim.kind", "other"),
        status=facts.get("claim.status", "reported"),
        reported_on=reported_on,
        decided_on=decided_on,
        agent_staff_no=facts.get("agent.staff_no"),
        intermediary_code=facts.get("intermediary.code"),
        unit_code=facts.get("unit.code"),
        warnings=tuple(flaws),
    )
