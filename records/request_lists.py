"""Lists of requests for those who handle them: what is late or near stands first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.actors import Actor
from custodian import clock
from custodian.elements import Masked
from records.models import Customer, CustomerRequest
from records.requests import detail
from records.requests.listing import TONES

SHOWN: Final = 50
Office = CustomerRequest.Office
LATE, NEAR = "late", "near"
STATES: Final[Mapping[str, tuple[Any, str, str]]] = {
    LATE: (_("已逾期"), "danger", "alert"),
    NEAR: (_("临近"), "warn", "clock"),
}


@dataclass(frozen=True)
class Row:
    """A request as a list shows it."""

    request: CustomerRequest
    ref: str  # of the customer
    name: Masked | None
    due: tuple[Any, str, str] | None  # word, tone and icon of a clock that is near or late
    tone: str

    @property
    def late(self) -> bool:
        return self.due is not None and self.due[1] == "danger"


PARTS: Final = (
    ("open", _("未办结")),
    ("mine", _("我经办的")),
    ("waiting", _("等人接办")),
    ("triage", pgettext_lazy("客户申请", "待分拣")),
    ("unproven", _("待核验身份")),
    ("ended", _("已办结")),
)


def parts(rows: QuerySet[Any], actor: Actor) -> dict[str, QuerySet[Any]]:
    """The same requests seen from several sides."""
    running = rows.open()  # type: ignore[attr-defined]
    return {
        "open": running,
        "mine": running.filter(handler_id=actor.id or 0),
        "waiting": running.filter(handler=None).exclude(proven_at=None),
        "triage": running.filter(triage=True),
        "unproven": running.filter(proven_at=None),
        "ended": rows.exclude(closed_at=None),
    }


def ordered(rows: QuerySet[Any], part: str) -> QuerySet[Any]:
    if part == "ended":
        return rows.order_by("-closed_at", "-pk")
    return rows.order_by("clock__due_at", "pk")


def shown(
    found: Sequence[CustomerRequest], *, purpose: str, channel: str, actor: Actor
) -> tuple[list[Row], int]:
    """With the masked names of their customers, by one permit and one entry."""
    subjects = sorted({each.subject_id for each in found})
    refs = dict(Customer.objects.visible_to(actor).filter(pk__in=subjects).values_list("pk", "ref"))
    there = Customer.objects.visible_to(actor).exclude(subject__status="destroyed")
    living = list(there.filter(pk__in=subjects).values_list("pk", flat=True))
    names, entry = detail.names(living, purpose=purpose, channel=channel, actor=actor)
    now = clock.now()
    rows = [
        Row(
            each,
            refs.get(each.subject_id, ""),
            names.get(each.subject_id),
            due_of(each, now),
            TONES[each.status],
        )
        for each in found
    ]
    return rows, entry


def due_of(request: CustomerRequest, now: datetime) -> tuple[Any, str, str] | None:
    if request.ended:
        return None
    return STATES.get(request.clock.state(now).value)
