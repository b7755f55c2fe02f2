"""Subjects' whole lists of looks in words that another insurer can keep: who by part and unit, no name."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from access.models import Subject
from access.own_looks.reading import told_each
from access.own_looks.visits import Raw


def histories(subjects: Sequence[Subject]) -> Iterator[tuple[Subject, list[dict[str, Any]]]]:
    """Newest first. What an investigation keeps back now is not in them, and not counted."""
    for subject, told in told_each(subjects):
        yield subject, [_said(each) for each in told]


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
