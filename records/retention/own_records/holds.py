"""Which of the house's own records a legal hold keeps."""

from __future__ import annotations


def cases() -> frozenset[str]:
    """The references of cases that are held now."""
    return frozenset()
