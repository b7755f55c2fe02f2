"""Recertification: each right of each person is confirmed by his manager or ends at the date."""

from __future__ import annotations

from access.recertification import campaigns

__all__ = ["campaigns"]
