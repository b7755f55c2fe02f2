"""The house's own records: each kind is kept by its own rule, and goes when its time is over."""

from __future__ import annotations

from records.retention.own_records import (
    arrivals,
    certificates,
    decisions,
    evidence,
    people,
    portal,
    published,
)
from records.retention.own_records.declaring import Record, Rows, Stays, register
from records.retention.own_records.telling import Row, table

__all__ = ["Record", "Row", "Rows", "Stays", "ready", "register", "table"]


def ready() -> None:
    register(
        *evidence.declared(),
        *portal.declared(),
        *published.declared(),
        *decisions.declared(),
        *people.declared(),
        *arrivals.declared(),
        certificates.Certificates(),
    )
