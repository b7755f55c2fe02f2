"""A replay's result as people read it."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from access import reasons
from access.models import Replay, User
from access.vocabulary import Purpose
from custodian import elements
from custodian.jobs import JobStatus

SHOWN = 30


def told(replay: Replay) -> dict[str, Any] | None:
    """The figures and the largest rows; None until it is done."""
    if replay.status != JobStatus.DONE or replay.result is None:
        return None
    result = replay.result
    decided = result["looks"]
    names = _names([*result["gains"][:SHOWN], *result["losses"][:SHOWN]])
    return {
        **{key: result[key] for key in ("looks", "gained", "lost", "otherwise", "unreadable")},
        "otherwise_at": result["otherwise_at"],
        "unchanged": decided - result["gained"] - result["lost"],
        "gains": [_row(each, names, result["gained"]) for each in result["gains"][:SHOWN]],
        "losses": [_row(each, names, result["lost"]) for each in result["losses"][:SHOWN]],
        "more_gains": max(len(result["gains"]) - SHOWN, 0),
        "more_losses": max(len(result["losses"]) - SHOWN, 0),
    }


def _names(rows: list[dict[str, Any]]) -> dict[str, str]:
    numbers = {each["operator"] for each in rows}
    return dict(User.objects.filter(staff_no__in=numbers).values_list("staff_no", "name"))


def _row(row: dict[str, Any], names: dict[str, str], total: int) -> dict[str, Any]:
    purposes = dict(Purpose.choices)
    code = row["element"]
    return {
        "operator": _("%(name)s（%(no)s）")
        % {"name": names.get(row["operator"], "—"), "no": row["operator"]},
        "unit": row["unit"],
        "element": elements.get(code).label if elements.known(code) else code,
        "level": elements.get(code).level if elements.known(code) else 0,
        "purpose": purposes.get(row["purpose"], row["purpose"] or "—"),
        "because": reasons.sentence(row["because"]),
        "count": row["count"],
        "share": row["count"] / total if total else 0,
        "entries": row["entries"],
    }
