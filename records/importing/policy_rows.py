"""A policy out of a row: whose it is comes first."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.utils.translation import gettext_lazy as _

from records.identifiers import check_document, guess_id_type
from records.identifiers.checked import hard, warning
from records.importing.drafts import By, Flaw, PolicyDraft, Reference
from records.importing.mapping import SourceMapping

WITHOUT_HOLDER = hard("policy-without-holder", _("没有投保人，请补充投保人客户编号或证件号码"))
WITHOUT_NUMBER = hard("policy-without-number", _("没有保单号，请补充"))
WITHOUT_PRODUCT = hard("policy-without-product", _("没有产品代码或名称，请补充"))
WITHOUT_START = hard("policy-without-start", _("没有生效日期，请补充"))
ENDS_FIRST = hard("policy-ends-before-start", _("满期日期早于生效日期，请核对"))
STATUS_ASSUMED = warning("policy-status-assumed", _("没有保单状态，已按满期日期判断，请核对"))

_STATED: Final = ("policy.holder_key", "policy.holder_id_number")


def draft_policy(
    number: int,
    values: dict[str, str],
    facts: dict[str, str],
    flaws: list[Flaw],
    *,
    mapping: SourceMapping,
    today: date,
) -> PolicyDraft:
    holder = _holder(number, facts, flaws, mapping, today)
    key = values.get("policy.number") or facts.get("policy.key")
    if not key:
        flaws.append(Flaw(None, WITHOUT_NUMBER))
    if "policy.product_code" not in facts and "policy.product_name" not in facts:
        flaws.append(Flaw(None, WITHOUT_PRODUCT))
    starts_on, ends_on = _span(facts, flaws)
    _describe_beneficiaries(values, facts)
    return PolicyDraft(
        source=mapping.name,
        row=number,
        key=facts.get("policy.key") or key or "",
        values=values,
        holder=holder or Reference(By.KEY, ""),
        holder_name=facts.get("policy.holder_name"),
        insured=_reference("policy.insured", facts, flaws, today),
        insured_name=facts.get("policy.insured_name"),
        relation=facts.get("policy.relation"),
        product_code=facts.get("policy.product_code"),
        product_name=facts.get("policy.product_name"),
        starts_on=starts_on,
        ends_on=ends_on,
        status=_status(facts, ends_on, flaws, today),
        pay_frequency=facts.get("policy.pay_frequency"),
        next_due_on=facts.get("policy.next_due_on"),
        agent_staff_no=facts.get("agent.staff_no"),
        intermediary_code=facts.get("intermediary.code"),
        unit_code=facts.get("unit.code"),
        warnings=tuple(flaws),
    )


def _holder(
    number: int, facts: dict[str, str], flaws: list[Flaw], mapping: SourceMapping, today: date
) -> Reference | None:
    if mapping.holders_by_row_of:
        return Reference(By.ROW, str(number), mapping.holders_by_row_of)
    holder = _reference("policy.holder", facts, flaws, today)
    if holder is None and not any(flaw.target in _STATED for flaw in flaws):
        flaws.append(Flaw(None, WITHOUT_HOLDER))
    return holder


def _reference(
    role: str, facts: dict[str, str], flaws: list[Flaw], today: date
) -> Reference | None:
    if key := facts.get(f"{role}_key"):
        return Reference(By.KEY, key)
    written = facts.get(f"{role}_id_number")
    if not written:
        return None
    value, problems = check_document(written, id_type=guess_id_type(written), today=today)
    flaws.extend([Flaw(f"{role}_id_number", problem) for problem in problems])
    return Reference(By.ID_NUMBER, value) if value else None


def _span(facts: dict[str, str], flaws: list[Flaw]) -> tuple[str | None, str | None]:
    starts_on, ends_on = facts.get("policy.starts_on"), facts.get("policy.ends_on")
    term = facts.get("policy.term_years")
    if starts_on and term and not ends_on:
        ends_on = _years_after(starts_on, int(term))
    if not starts_on and not any(flaw.target == "policy.starts_on" for flaw in flaws):
        flaws.append(Flaw(None, WITHOUT_START))
    if starts_on and ends_on and ends_on < starts_on:
        flaws.append(Flaw("policy.ends_on", ENDS_FIRST))
    return starts_on, ends_on


def _years_after(day: str, years: int) -> str:
    year = int(day[:4]) + years
    leap = day[5:] == "02-29" and not (year % 4 == 0 and (year % 100 or year % 400 == 0))
    return f"{year:04}-02-28" if leap else f"{year:04}{day[4:]}"


def _status(facts: dict[str, str], ends_on: str | None, flaws: list[Flaw], today: date) -> str:
    stated = facts.get("policy.status")
    if stated:
        return stated
    if not any(flaw.target == "policy.status" for flaw in flaws):
        flaws.append(Flaw("policy.status", STATUS_ASSUMED))
    return "terminated" if ends_on and ends_on < today.isoformat() else "in_force"


def _describe_beneficiaries(values: dict[str, str], facts: dict[str, str]) -> None:
    """Beneficiaries are one sealed text; the columns that tell more about them join it."""
    more = [
        facts[code]
        for code in (
            "policy.beneficiary_relation",
            "policy.beneficiary_id_number",
            "policy.beneficiary_share",
        )
        if code in facts
    ]
    if more:
        named = values.get("policy.beneficiaries")
        values["policy.beneficiaries"] = " ".join([named, *more] if named else more)
