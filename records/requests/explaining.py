"""Why a look was had, as far as the business said before: the officer's help for a question about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access.audits.day import Operator
from access.audits.explaining import (
    ASSIGNED,
    HANDED_OVER,
    LENT,
    NOTHING,
    OFFICE,
    OWN_WORD,
    WORK,
    Assigned,
    Explainer,
    Item,
)
from access.models import Assignment, Entry, User, WorkItem
from access.querylog.telling import sentence, tell

WORDS: Final[Mapping[str, Any]] = {
    WORK: _("有业务派给他的事项"),
    HANDED_OVER: _("客户刚移交给他"),
    LENT: _("凭临时授权或紧急访问"),
    ASSIGNED: _("客户在他名下"),
    OFFICE: _("岗位职责内的检查"),
    OWN_WORD: _("只有他自己登记的事项"),
    NOTHING: _("没有任何业务理由"),
}
Kind = WorkItem.Kind
UNCLEAR: Final = frozenset({OWN_WORD, NOTHING})


@dataclass(frozen=True)
class Explained:
    """One look in a sentence, with its reason; `clear` if the business asked for it or gave the customer."""

    entry: int
    sentence: str
    reason: Any
    clear: bool
    items: list[WorkItem]


def explained(entry: Entry, subject: int) -> Explained:
    (told,) = tell([entry])
    looked = User.objects.select_related("unit")
    person = looked.filter(ref=entry.actor).first() if entry.actor else None
    # The work of answering the question must not explain the look that it asks about.
    later = {"kind__in": (Kind.REQUEST, Kind.COMPLAINT), "opened_at__gt": told.at}
    items = list(
        WorkItem.objects.filter(subject_id=subject).exclude(**later).select_related("unit")
    )
    code = NOTHING
    if person is not None:
        operator = Operator(person.pk, person.role, person.unit.path)
        explainer = Explainer(map(_item, items), map(_assigned, _assignments(subject)))
        code = explainer.of(operator, entry.purpose, subject, told.at)
    near = [each for each in items if person and each.user_id == person.pk]
    covering = [each for each in near if _item(each).covers(told.at)]
    return Explained(entry.pk, sentence(told), WORDS[code], code not in UNCLEAR, covering)


def _assignments(subject: int) -> Any:
    return Assignment.objects.filter(subject_id=subject)


def _item(row: WorkItem) -> Item:
    return Item(
        row.kind,
        row.subject_id,
        row.user_id or 0,
        row.unit.path if row.unit else "",
        row.opened_at,
        row.closed_at,
        row.opened_by_id or 0,
    )


def _assigned(row: Assignment) -> Assigned:
    return Assigned(row.subject_id, row.user_id, row.since, row.until, lent=bool(row.purpose))
