"""Turns what others found into alerts."""

from __future__ import annotations

from typing import Any

from access.events import finding_raised
from access.models import Finding
from incidents.models import Alert


def listen() -> None:
    finding_raised.connect(_on_finding, dispatch_uid="incidents-alert-of-finding")


def _on_finding(finding: Finding, **_kwargs: Any) -> None:
    Alert.objects.create(
        source=Alert.Source.FINDING,
        severity=finding.severity,
        summary=finding.summary,
        finding=finding,
    )
