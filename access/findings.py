"""Raising findings, and telling the right about them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction

from access.events import finding_raised
from access.models import Finding, User


def raise_finding(
    kind: str,
    *,
    severity: Finding.Severity,
    summary: str = "",
    facts: Mapping[str, Any] | None = None,
    operator: User | None = None,
    entries: Sequence[int] = (),
) -> Finding:
    """Write a finding and tell its listeners in the same transaction.

    What is told, by `summary` or by the teller of the kind from `facts`, holds no value of a customer.
    """
    with transaction.atomic():
        finding = Finding.objects.create(
            kind=kind,
            severity=severity,
            summary=summary,
            facts=dict(facts or {}),
            operator=operator,
            entries=list(entries),
        )
        finding_raised.send(sender=Finding, finding=finding)
    return finding
