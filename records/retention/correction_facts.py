"""What is known of corrections: each has a time of its own, and while one is handled its values stay."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final
from uuid import UUID

from custodian import clock
from records.models import Correction, FormerValue
from records.retention.deciding import Facts, Use

USE: Final = "correction"
_CHECKED: Final = frozenset({"identity", "financial"})


@dataclass(frozen=True)
class Amendment:
    """A correction, or a value that one replaced, with the day on which it was over."""

    kind: str
    ref: str
    holding: UUID
    owner: int
    closed_on: date | None  # None: it is still being handled

    @property
    def use(self) -> Use:
        return Use(USE, self.ref)


def of(subjects: Sequence[int]) -> Iterator[Amendment]:
    """Corrections, and what stood there before them."""
    rows = Correction.objects.filter(subject__in=subjects).order_by("subject_id", "pk")
    for ref, holding, owner, decided in rows.values_list(
        "ref", "holding", "subject_id", "decided_at"
    ):
        closed = clock.local(decided).date() if decided else None
        yield Amendment("correction", ref, holding, owner, closed)
    former = FormerValue.objects.filter(subject__in=subjects).order_by("subject_id", "pk")
    for holding, owner, until in former.values_list("holding", "subject_id", "until"):
        yield Amendment("former", "", holding, owner, clock.local(until).date())


def wanted(subjects: Sequence[int]) -> Mapping[int, tuple[Use, ...]]:
    """By customer what she asked to have put right; a draft asks for nothing yet."""
    rows = Correction.objects.under_way().filter(subject__in=subjects).order_by("pk")
    found: dict[int, list[Use]] = defaultdict(list)
    for subject, ref in rows.values_list("subject_id", "ref"):
        found[subject].append(Use(USE, ref))
    return {subject: tuple(uses) for subject, uses in found.items()}


def while_wanted(found: Facts, uses: Sequence[Use]) -> Facts:
    """What she asked to have put right is put right before it is restricted or goes (PIPL art. 46).

    Both holdings: a new value is checked against what else is known of her.
    """
    if found.kind not in _CHECKED:
        return found
    return replace(found, uses=found.uses + tuple(uses), ended_on=None) if uses else found
