"""To whom something of a customer was given, as a copy of her own data tells it (PIPL art. 23, 45)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from custodian import clock
from records import recipients
from records.models import Customer
from records.recipients import Line


def told(customer: Customer) -> list[dict[str, Any]]:
    """Each recipient with what it was given, the newest first."""
    return [_one(each) for each in recipients.of(customer)]


def _one(line: Line) -> dict[str, Any]:
    holder = line.holder
    return {
        "name": holder.name,
        "contact": holder.contact,
        "relation": str(holder.part),
        "purpose": {"label": str(holder.purpose), "words": holder.why},
        "method": holder.method,
        "elements": [
            {"code": code, "label": label}
            for code, label in zip(holder.elements, line.labels, strict=True)
        ],
        "sensitive": line.sensitive,
        "first_given_at": _moment(holder.first_at),
        "last_given_at": _moment(holder.last_at),
        "returned_or_deleted": holder.over,
    }


def _moment(at: datetime) -> str:
    return clock.local(at).isoformat(timespec="seconds")


def printed(said: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """As a part of the printed copy; that nothing was given is said too."""
    return {
        "title": _("我们把您的资料给了谁"),
        "parts": [_part(each) for each in said]
        or [{"title": "", "facts": [], "rows": [], "kept": _("没有给过任何合作方。")}],
    }


def _part(said: Mapping[str, Any]) -> dict[str, Any]:
    first, last = said["first_given_at"][:10], said["last_given_at"][:10]
    return {
        "title": said["name"],
        "facts": [
            [_("给了什么"), _("、").join(each["label"] for each in said["elements"])],
            [_("为什么"), said["purpose"]["words"]],
            [_("怎么用"), said["method"]],
            [_("什么关系"), said["relation"]],
            [_("怎么联系"), said["contact"] or "—"],
            [_("什么时候"), first if first == last else f"{first} – {last}"],
        ],
        "rows": [],
        "kept": _("已返还或删除") if said["returned_or_deleted"] else "",
    }
