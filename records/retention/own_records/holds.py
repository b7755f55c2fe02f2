"""Which of the house's own records a legal hold keeps: held cases, and exports of held customers."""

from __future__ import annotations

from collections.abc import Collection

from access import actors, scopes
from records import legal_holds
from records.models import LegalHold


def cases() -> frozenset[str]:
    """The references of cases that are held now."""
    with scopes.acting(actors.system("legal-holds")):
        held = LegalHold.objects.in_force().filter(
            scope=LegalHold.Scope.CASE, selector__has_key="case"
        )
        return frozenset(held.values_list("selector__case", flat=True))


def subjects(ordinals: Collection[int]) -> frozenset[int]:
    """Of these customers those of whom anything is held now."""
    return frozenset(legal_holds.on_subjects(ordinals)) if ordinals else frozenset()
