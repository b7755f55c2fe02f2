"""What tonight's proposal would hold: the same answers and the same digest, and nothing is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from access import actors, scopes
from records.destruction import batches
from records.destruction.batches import Due, Fate, Stage
from records.models import DestructionBatch, DestructionItem


@dataclass
class Foreseen:
    """Counts of holdings: `planned` and `held` by kind and rule, and those that are left out."""

    day: date
    planned: Counter[tuple[str, str]] = field(default_factory=Counter)
    held: Counter[tuple[str, str]] = field(default_factory=Counter)
    customers: int = 0  # of whom something is planned
    elsewhere: int = 0  # in a batch that waits for approval, or is approved
    excluded: int = 0  # by an officer
    digest: str = ""  # of what is planned, as the batch's own


def foresee(*, on: date) -> Foreseen:
    """As the batch of that day would be proposed now."""
    found = Foreseen(on)
    with scopes.acting(actors.system("keeper")):
        found.digest = batches.digest_of(_planned(found))
    return found


def _planned(found: Foreseen) -> Iterator[tuple[object, ...]]:
    # Pages come in the order of the customers; within one, kind and holding decide.
    for page in batches.due(on=found.day):
        left = sorted(_left(page, found), key=_place)
        for each in left:
            found.planned[_by(each)] += 1
            kept = each.kept
            yield kept.subject, kept.kind, kept.holding, kept.answer.rule, kept.answer.until
        found.customers += len({each.kept.subject for each in left})


def _left(page: list[Due], found: Foreseen) -> Iterator[Due]:
    holdings = [each.kept.holding for each in page]
    items = DestructionItem.objects.filter(holding__in=holdings)
    elsewhere = items.filter(batch__stage__in=[Stage.WAITING, Stage.APPROVED])
    taken = set(elsewhere.values_list("holding", flat=True))
    proposed = DestructionBatch.objects.filter(stage=Stage.PROPOSED)
    excluded = items.filter(batch__in=proposed, state=Fate.EXCLUDED)
    out = set(excluded.values_list("holding", flat=True))
    for each in page:
        if each.kept.holding in taken:
            found.elsewhere += 1
        elif each.kept.holding in out:
            found.excluded += 1
        elif each.holds:
            found.held[_by(each)] += 1
        else:
            yield each


def _place(due: Due) -> tuple[int, str, str]:
    return due.kept.subject, due.kept.kind, str(due.kept.holding)


def _by(due: Due) -> tuple[str, str]:
    return due.kept.kind, due.kept.answer.rule
