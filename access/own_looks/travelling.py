"""A subject's whole list of looks in words that another insurer can keep: who by part and unit, no name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from access import actors, scopes
from access.models import Subject
from access.own_looks.reading import _told
from access.own_looks.visits import Known, Raw


def history(subject: Subject) -> Iterator[dict[str, Any]]:
    """Oldest last. What an investigation keeps back now is not in it, and not counted."""
    with scopes.acting(actors.system("portal")):
        yield from map(_said, _told(subject, Known(subject.pk)))


def _said(raw: Raw) -> dict[str, Any]:
    part = "customer" if raw.by_customer else "system" if raw.by_system else "staff"
    return {
        "entry": raw.index,
        "at": raw.at.isoformat(),
        "part": part,
        "unit": raw.unit,
        "act": raw.act,
        "purpose": raw.purpose,
        "fields": sorted(raw.fields),
        "masked": raw.masked,
    }
