"""Lists of corrections for the staff: what is due first, by references and codes, without value or name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import F, OuterRef, QuerySet, Subquery
from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.actors import Actor
from custodian import clock
from records import representatives
from records.corrections import words
from records.models import Correction, CorrectionClock, Customer

SHOWN: Final = 50
Status = Correction.Status
WAITING, MINE, RAISED, DONE, APPROVING = "waiting", "mine", "raised", "done", "approving"
RUNNING: Final = "running"
_LABELS: Final[Mapping[str, Any]] = {
    WAITING: _("等人核对"),
    MINE: _("我在核对"),
    RUNNING: _("办理中"),
    RAISED: _("我提出的"),
    APPROVING: _("待复核"),
    DONE: _("已办结"),
}


@dataclass(frozen=True)
class Part:
    code: str
    label: Any
    count: int


@dataclass(frozen=True)
class Row:
    correction: Correction
    customer: str
    title: Any
    state: Any
    tone: str
    by: Any
    due: datetime | None
    late: bool
    near: bool


def parts(actor: Actor) -> list[Part]:
    """Whoever checks sees what waits; whoever only raises sees his own, and what runs for his customers."""
    known = (WAITING, MINE, APPROVING, RAISED, DONE) if _handles(actor) else (RAISED, RUNNING, DONE)
    return [Part(code, _LABELS[code], of(code, actor=actor).count()) for code in known]


def of(part: str, *, actor: Actor) -> QuerySet[Correction]:
    rows: QuerySet[Correction] = Correction.objects.visible_to(actor)
    if part == MINE:
        return rows.filter(
            handler_id=actor.id, status__in=[Status.CHECKING, Status.CONFIRMING, Status.APPROVING]
        )
    if part == APPROVING:
        return rows.filter(status__in=[Status.APPROVING, Status.APPROVED])
    if part == RAISED:
        return rows.filter(raised_by_id=actor.id or 0).exclude(decided_at__isnull=False)
    if part == DONE:
        return rows.exclude(submitted_at=None).exclude(decided_at=None)
    if part == RUNNING:
        return rows.filter(status__in=Correction.UNDER_WAY)
    return rows.filter(status=Status.SUBMITTED)


def rows(part: str, *, actor: Actor) -> list[Row]:
    """What is due first; of what is over the newest."""
    due = CorrectionClock.objects.filter(correction=OuterRef("pk"), stopped_at=None)
    found = of(part, actor=actor).annotate(
        due=Subquery(due.order_by("due_at").values("due_at")[:1]),
        near=Subquery(due.order_by("due_at").values("near_at")[:1]),
    )
    order = ("-decided_at",) if part == DONE else (F("due").asc(nulls_last=True), "pk")
    page = list(found.select_related("raised_by").order_by(*order)[:SHOWN])
    return told(page)


def told(page: Sequence[Any]) -> list[Row]:
    refs = dict(
        Customer.objects.filter(pk__in={each.subject_id for each in page}).values_list("pk", "ref")
    )
    now = clock.now()
    return [_row(each, refs.get(each.subject_id, ""), now) for each in page]


def _row(each: Any, customer: str, now: datetime) -> Row:
    due = each.due
    return Row(
        each,
        customer,
        words.title(each),
        words.state(each),
        words.tone(each),
        each.raised_by or _raiser(each.capacity),
        due,
        late=due is not None and due < now,
        near=due is not None and due >= now and each.near is not None and each.near <= now,
    )


def _raiser(capacity: str) -> Any:
    return _("客户本人") if capacity in {"", "self"} else representatives.capacity_label(capacity)


def late() -> int:
    """Corrections of which some clock is over; in the scope of whoever acts."""
    running = CorrectionClock.objects.filter(
        stopped_at=None, due_at__lt=clock.now(), due_at__gt=F("near_at")
    )
    return int(running.values("correction").distinct().count())


def _handles(actor: Actor) -> bool:
    return gate.may(actor, Action.CORRECTION_CHECK)
