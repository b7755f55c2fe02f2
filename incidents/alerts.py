"""Turns what others found into alerts."""

from __future__ import annotations

from typing import Any

from access.events import finding_changed, finding_raised
from access.findings import HARMLESS
from access.models import Finding
from incidents.models import Alert


def listen() -> None:
    finding_raised.connect(_on_finding, dispatch_uid="incidents-alert-of-finding")
    finding_changed.connect(_on_change, dispatch_uid="incidents-alert-follows-finding")


def _on_finding(finding: Finding, **_kwargs: Any) -> None:
    Alert.objects.create(
        source=Alert.Source.FINDING,
        severity=finding.severity,
        summary=finding.summary,
        finding=finding,
    )


def _on_change(finding: Finding, **_kwargs: Any) -> None:
    """An alert that nobody has taken up weighs what its finding weighs, and ends with a harmless one."""
    status = Alert.Status.FALSE_ALARM if finding.verdict in HARMLESS else Alert.Status.NEW
    if finding.verdict == Finding.Verdict.SETTLED:
        status = Alert.Status.SETTLED
    waiting = Alert.objects.filter(finding=finding, status=Alert.Status.NEW)
    waiting.update(severity=finding.severity, status=status)
