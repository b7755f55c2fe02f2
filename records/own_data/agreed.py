"""What a customer agreed to, as a copy of her own data tells it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from access.actors import Actor
from custodian import clock
from records.consents import standing
from records.consents.standing import Standing
from records.models import Customer


def told(customer: Customer, *, actor: Actor) -> list[dict[str, Any]]:
    """Each purpose that she is asked about or said no to, with its ground and how it stands."""
    return [_one(each) for each in standing.of_customer(customer, actor=actor)]


def _one(stand: Standing) -> dict[str, Any]:
    last = stand.last
    return {
        "code": stand.purpose.code,
        "label": stand.name,
        "lawful_basis": {
            "code": str(stand.purpose.basis),
            "label": str(stand.basis),
            "clause": stand.purpose.clause,
        },
        "elements": list(stand.purpose.elements),
        "kept": stand.kept or None,
        "state": {"code": stand.state, "label": str(stand.label)},
        "asked_anew": stand.anew,
        "since": clock.local(last.at).isoformat(timespec="seconds") if last else None,
        "by": {"code": last.by, "label": " · ".join(map(str, stand.how))} if last else None,
        "notice": (last.notice or None) if last else None,
    }


def printed(consents: list[Mapping[str, Any]]) -> dict[str, Any]:
    """As a part of the printed copy."""
    facts = [
        [
            each["label"],
            " · ".join(filter(None, (each["state"]["label"], (each["since"] or "")[:10]))),
        ]
        for each in consents
    ]
    return {
        "title": _("我的同意"),
        "parts": [{"title": "", "facts": facts, "rows": [], "kept": ""}],
    }
