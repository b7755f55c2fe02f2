"""Raising findings, and telling the right about them."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from access.events import finding_raised
from access.models import Finding, User


def raise_finding(
    kind: str,
    *,
    severity: Finding.Severity,
    summary: str,
    operator: User | None = None,
    entries: Sequence[int] = (),
) -> Finding:
    """Write a finding and tell its listeners in the same transaction. `summary` holds no value."""
    with transaction.atomic():
        finding = Finding.objects.create(
            kind=kind, severity=severity, summary=summary, operator=operator, entries=list(entries)
        )
        finding_raised.send(sender=Finding, finding=finding)
    return finding
