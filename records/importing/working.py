"""A work item that a file tells, against the one of the same number that is here."""

from __future__ import annotations

from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from access.models import WorkItem
from records.identifiers.checked import Problem, hard
from records.importing.directory import Directory
from records.importing.drafts import Flaw, WorkDraft
from records.importing.joining import HOLDER_QUARANTINED
from records.importing.work_rows import LONGEST, NUMBER_LONG
from records.importing.work_words import moment

CUSTOMER_UNKNOWN = hard("work-customer-unknown", _("客户资料中没有这位客户，请先导入客户"))
CUSTOMER_QUARANTINED = hard("work-customer-quarantined", _("这位客户还在隔离区，请先处理该客户"))
PERSON_UNKNOWN = hard("work-person-unknown", _("没有这个工号，请核对，或请管理员登记人员"))
UNIT_UNKNOWN = hard("work-unit-unknown", _("没有这个机构代码，请核对，或请管理员登记机构"))

_SAID: Final = ("kind", "subject_id", "unit_id", "opened_at", "due_at")


def number_of(book: str, key: str) -> str:
    """What an item is called here: another book's numbers stand under its code."""
    return key if book == settings.CUSTODIAN_INSURER else f"{book}/{key}"


def nobody(problem: Problem) -> Problem:
    """Why the customer was not found, in the words of this kind of row."""
    return CUSTOMER_QUARANTINED if problem is HOLDER_QUARANTINED else CUSTOMER_UNKNOWN


def item(
    draft: WorkDraft, subject: int, directory: Directory, problems: list[Flaw], *, book: str
) -> WorkItem:
    """The item as the row tells it; whoever is named and unknown goes into `problems`."""
    number, code = draft.agent_staff_no, draft.unit_code
    person = directory.person(number) if number else None
    unit = directory.unit_of(code) if code else None
    if number and person is None:
        problems.append(Flaw("work.staff_no", PERSON_UNKNOWN))
    if code and unit is None:
        problems.append(Flaw("work.unit", UNIT_UNKNOWN))
    told = number_of(book, draft.key)
    if len(told) > LONGEST:
        problems.append(Flaw("work.number", NUMBER_LONG))
    opened = moment(draft.opened_at)
    closed = moment(draft.closed_at, end=True) if draft.closed_at else None
    return WorkItem(
        number=told,
        kind=draft.kind,
        source=WorkItem.Source.IMPORT,
        subject_id=subject,
        user_id=person,
        unit_id=unit,
        opened_at=opened,
        closed_at=closed,
        outcome=draft.outcome,
        due_at=moment(draft.due_at, end=True) if draft.due_at else None,
    )


def is_same(held: WorkItem, told: WorkItem) -> bool:
    """Whether both are one item; somebody may have taken here what waits for a unit there."""
    same = all(getattr(held, name) == getattr(told, name) for name in _SAID)
    return same and told.user_id in {None, held.user_id}


def closes(held: WorkItem, told: WorkItem) -> bool:
    """Whether the file tells the end of what is open here; what is closed here stays as it is."""
    return held.closed_at is None and told.closed_at is not None
