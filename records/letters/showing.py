"""How letters went, for the page of who sends them: shares by state, and who was reached by no way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy

from records.models import Customer
from records.models.letters import Letter
from records.notices import delivering

State = Letter.State
SHOWN: Final = 50
TONES: Final = {State.SENT: "", State.PRINTED: "", State.WAITING: "warn", State.TO_PRINT: "warn",
                State.FAILED: "danger"}  # fmt: skip
# Why a letter went no other way, in words; a code that is not here says nothing to anybody.
NOTES: Final = {
    "flagged": gettext_lazy("联系方式被标记为存疑"), "staff": gettext_lazy("联系方式与员工相同"),
    "one-agent": gettext_lazy("同一代理人的客户共用"), "shared": gettext_lazy("多名客户共用"),
    "unproven": gettext_lazy("未经客户确认"), "no-contact": gettext_lazy("没有手机和邮箱"),
    "not-taken": gettext_lazy("多次没有接收"), "address-doubted": gettext_lazy("通讯地址存疑"),
    "no-address": gettext_lazy("没有通讯地址"), "returned": gettext_lazy("被退回"),
}  # fmt: skip


def shown(rows: QuerySet[Any]) -> dict[str, Any]:
    """What `admin/letters/delivery.html` draws, of the letters of one matter."""
    failed = rows.filter(state=State.FAILED)
    reachable = failed.exclude(note=delivering.RESTRICTED)
    return {
        "delivery": delivery(rows),
        "opened": rows.exclude(seen_at=None).count(),
        "failed": _failed(reachable),
        "failed_count": reachable.count(),
        "restricted": failed.filter(note=delivering.RESTRICTED).count(),
        "to_print": rows.filter(state=State.TO_PRINT).count(),
        "sheets": rows.exclude(sheet=None)
        .values("sheet")
        .annotate(n=Count("pk"))
        .order_by("sheet"),
    }


def delivery(rows: QuerySet[Any]) -> list[dict[str, Any]]:
    """By state, as bars of all letters."""
    counts = dict(rows.order_by().values_list("state").annotate(n=Count("pk")))
    return shares(
        (State(code).label, counts.get(code, 0), TONES[State(code)]) for code in State.values
    )


def shares(rows: Iterable[tuple[Any, int, str]]) -> list[dict[str, Any]]:
    found = list(rows)
    everybody = sum(count for _label, count, _tone in found)
    return [
        {"label": label, "count": count, "tone": tone, "share": count / everybody}
        for label, count, tone in found
        if everybody
    ]


def _failed(rows: QuerySet[Any]) -> list[Mapping[str, Any]]:
    """Who is reached by no way that is known, by reference."""
    failed = list(rows[:SHOWN])
    refs = dict(
        Customer.objects.filter(subject__in=[each.subject_id for each in failed]).values_list(
            "subject_id", "ref"
        )
    )
    return [
        {"notice": each, "ref": refs.get(each.subject_id, ""), "why": NOTES.get(each.note, "")}
        for each in failed
    ]
