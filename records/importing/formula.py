"""Cells that a spreadsheet would run as formulas, as the importer meets them."""

from __future__ import annotations

from custodian.formula import guard, unguard

__all__ = ["guard", "unguard"]
