"""A yes or no out of a row: who said it, to what, and when."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from custodian import clock
from records.identifiers.checked import hard
from records.importing.drafts import By, ConsentDraft, Flaw, Reference
from records.importing.mapping import SourceMapping
from records.importing.work_words import moment

WITHOUT_CUSTOMER = hard("consent-without-customer", _("没有客户号，请补充"))
WITHOUT_PURPOSE = hard("consent-without-purpose", _("没有写明是哪一项用途，请补充"))
WITHOUT_WORD = hard("consent-without-word", _("没有写明同意与否，请补充"))
WITHOUT_DAY = hard("consent-without-day", _("没有写明何时表示的，请补充"))
IN_THE_FUTURE = hard("consent-in-the-future", _("表示的时间还没有到，请核对"))
_NEEDED: Final = (
    ("consent.customer_key", WITHOUT_CUSTOMER),
    ("consent.purpose", WITHOUT_PURPOSE),
    ("consent.said", WITHOUT_WORD),
    ("consent.at", WITHOUT_DAY),
)


def draft_consent(
    number: int, facts: dict[str, str], flaws: list[Flaw], *, mapping: SourceMapping
) -> ConsentDraft:
    wrong = {flaw.target for flaw in flaws}
    for target, problem in _NEEDED:
        if target not in facts and target not in wrong:
            flaws.append(Flaw(None, problem))
    at = facts.get("consent.at", "")
    if at and moment(at) > clock.now():
        flaws.append(Flaw("consent.at", IN_THE_FUTURE))
    return ConsentDraft(
        source=mapping.name,
        row=number,
        key="",
        values={},
        customer=Reference(By.KEY, facts.get("consent.customer_key", "")),
        purpose=facts.get("consent.purpose", ""),
        said=facts.get("consent.said", ""),
        at=at,
        channel=facts.get("consent.channel", ""),
        notice=facts.get("consent.notice", ""),
        reference=facts.get("consent.reference", ""),
        warnings=tuple(flaws),
    )
