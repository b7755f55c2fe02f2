"""Which of the house's own records a legal hold keeps: held cases, and exports of held customers."""

from __future__ import annotations

from collections.abc import Collection


def cases() -> frozenset[str]:
    """The references of cases that are held now."""
    return frozenset()


def subjects(ordinals: Collection[int]) -> frozenset[int]:
    """Of these customers those of whom anything is held now."""
    return frozenset()
