"""A work item out of a row: it has a number, a customer, somebody who does it, and a beginning."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from access.models import WorkItem
from records.identifiers.checked import hard
from records.importing.drafts import By, Flaw, Reference, WorkDraft
from records.importing.mapping import SourceMapping
from records.importing.work_words import UNDER_WAY, moment

LONGEST = 40
WITHOUT_NUMBER = hard("work-without-number", _("没有事项编号，请补充"))
NUMBER_LONG = hard("work-number-length", _("事项编号超过 40 个字符，请核对是否串列"))
WITHOUT_KIND = hard("work-without-kind", _("没有写明是什么事项，请补充"))
WITHOUT_CUSTOMER = hard("work-without-customer", _("没有客户号，请补充"))
WITHOUT_PERSON = hard("work-without-person", _("没有经办工号，也没有经办机构，请补充其中一项"))
WITHOUT_BEGINNING = hard("work-without-beginning", _("没有登记时间，请补充"))
CLOSED_FIRST = hard("work-closed-before-opened", _("办结时间早于登记时间，请核对"))
CLOSED_WITHOUT_TIME = hard("work-closed-without-time", _("有结果而没有办结时间，请补充"))
STILL_UNDER_WAY = hard("work-closed-under-way", _("结果写着还在办理，却有办结时间，请核对"))


def draft_work(
    number: int, facts: dict[str, str], flaws: list[Flaw], *, mapping: SourceMapping
) -> WorkDraft:
    key = facts.get("work.number", "")
    customer = facts.get("work.customer_key", "")
    _require(facts, flaws)
    return WorkDraft(
        source=mapping.name,
        row=number,
        key=key,
        values={},
        customer=Reference(By.KEY, customer),
        kind=facts.get("work.kind", ""),
        opened_at=facts.get("work.opened_at", ""),
        closed_at=facts.get("work.closed_at"),
        outcome=_outcome(facts, flaws),
        due_at=facts.get("work.due_at"),
        agent_staff_no=facts.get("work.staff_no"),
        unit_code=facts.get("work.unit"),
        warnings=tuple(flaws),
    )


def _require(facts: dict[str, str], flaws: list[Flaw]) -> None:
    wrong = {flaw.target for flaw in flaws}
    for target, problem in (
        ("work.number", WITHOUT_NUMBER),
        ("work.kind", WITHOUT_KIND),
        ("work.customer_key", WITHOUT_CUSTOMER),
        ("work.opened_at", WITHOUT_BEGINNING),
    ):
        if target not in facts and target not in wrong:
            flaws.append(Flaw(None, problem))
    if "work.staff_no" not in facts and "work.unit" not in facts:
        flaws.append(Flaw(None, WITHOUT_PERSON))


def _outcome(facts: dict[str, str], flaws: list[Flaw]) -> str:
    said, closed = facts.get("work.outcome"), facts.get("work.closed_at")
    if closed is None:
        if said and said != UNDER_WAY:
            flaws.append(Flaw("work.outcome", CLOSED_WITHOUT_TIME))
        return ""
    if said == UNDER_WAY:
        flaws.append(Flaw("work.outcome", STILL_UNDER_WAY))
        return ""
    opened = facts.get("work.opened_at")
    if opened and moment(closed, end=True) < moment(opened):
        flaws.append(Flaw("work.closed_at", CLOSED_FIRST))
    return said or WorkItem.Outcome.DONE.value
