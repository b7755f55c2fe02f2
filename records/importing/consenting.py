"""A yes or no that a file tells, against what the customer has said by now and the rules it names."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext_lazy as _

from custodian import clock
from records.consents import bringing, changing
from records.consents.bringing import Brought, Spoken
from records.consents.changing import Word
from records.identifiers.checked import Problem, hard
from records.importing.drafts import ConsentDraft, Flaw
from records.importing.joining import HOLDER_QUARANTINED
from records.importing.work_words import moment
from records.models import Consent
from records.notices import in_force

CUSTOMER_UNKNOWN = hard("consent-customer-unknown", _("客户资料中没有这位客户，请先导入客户"))
CUSTOMER_QUARANTINED = hard("consent-customer-quarantined", _("这位客户还在隔离区，请先处理该客户"))
NOT_ASKED = hard("consent-not-asked", _("这一项用途不适用于这位客户，请核对"))
SAID_SINCE = hard("consent-said-since", _("客户在那之后另有表示，以后来的为准，这一行不能改变它"))
NOTICE_UNKNOWN = hard(
    "consent-notice-unknown", _("没有公布过这一版处理规则，请核对版本；别处的版本请填作凭证编号")
)
NOTICE_LATER = hard("consent-before-notice", _("表示的时间早于所示规则的生效日，请核对"))
_CODE: Final = 40


def nobody(problem: Problem) -> Problem:
    """Why the customer was not found, in the words of this kind of row."""
    return CUSTOMER_QUARANTINED if problem is HOLDER_QUARANTINED else CUSTOMER_UNKNOWN


def item(
    draft: ConsentDraft, subject: int, spoken: Spoken, problems: list[Flaw], *, book: str
) -> Brought | None:
    """The word as the row tells it, unless it stands already; what is wrong goes into `problems`."""
    word = Word(
        said=draft.said,
        by=Consent.By.IMPORT,
        at=moment(draft.at),
        source=book,
        through=draft.channel,
        notice=draft.notice,
        reference=draft.reference,
    )
    problems += _of_notice(draft)
    purpose = spoken.register.get(draft.purpose)
    if purpose is None:
        problems.append(Flaw("consent.purpose", NOT_ASKED))
    if purpose is None or problems:
        return None
    try:
        return bringing.judge(spoken, subject, purpose, word)
    except changing.NotAsked:
        problems.append(Flaw("consent.purpose", NOT_ASKED))
    except changing.SaidSince:
        problems.append(Flaw("consent.at", SAID_SINCE))
    return None


def _of_notice(draft: ConsentDraft) -> list[Flaw]:
    """Only rules that were in force here can have been shown, and not before they were."""
    if not draft.notice:
        return []
    version = in_force.version(draft.notice) if len(draft.notice) <= _CODE else None
    withdrawal = getattr(version, "withdrawal", None)
    stopped = withdrawal is not None and version is not None and withdrawal.on < version.since
    if version is None or not version.text.is_rules or stopped:
        return [Flaw("consent.notice", NOTICE_UNKNOWN)]
    if clock.local(moment(draft.at)).date() < version.since:
        return [Flaw("consent.at", NOTICE_LATER)]
    return []
