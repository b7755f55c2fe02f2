"""What holds cover: asked for holdings, for customers, and for the holds themselves."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import connection

from access import actors, scopes
from records.legal_holds import statements
from records.legal_holds.statements import Statement
from records.models import LegalHold

EXAMPLES = 5
_ACTOR = "legal-holds"


@dataclass(frozen=True)
class HoldFact:
    """One hold as it stands now. `label` is the ground in words, `since` when it was asked for."""

    ref: UUID
    code: str
    ground: str
    label: Any
    since: datetime
    review_on: date
    placed_by: str


@dataclass(frozen=True)
class Extent:
    """How much a hold covers, and the first references of it; `at` where that was counted beforehand."""

    customers: int = 0
    holdings: int = 0
    examples: tuple[str, ...] = ()
    policies: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True)
class Draft:
    """A hold that is not there yet."""

    scope: str
    selector: Mapping[str, Any] = field(default_factory=dict)


def on(holdings: Collection[UUID]) -> Mapping[UUID, tuple[HoldFact, ...]]:
    """Of these holdings those that are held now, each with all its holds, the oldest first.

    Two statements for any number; the answer is the same whoever asks. Inside a transaction that destroys,
    `exclude_new()` comes first.
    """
    found = _on(statements.ON_HOLDINGS, [str(each) for each in holdings])
    return {UUID(str(holding)): facts for holding, facts in found.items()}


def on_subjects(subjects: Collection[int]) -> Mapping[int, tuple[HoldFact, ...]]:
    """The same for everything of a customer together: the holds on any holding that is hers."""
    return _on(statements.ON_SUBJECTS, list(subjects))


def books() -> frozenset[int]:
    """The keys of the books that are held now, with all that is theirs and no customer's yet."""
    with scopes.acting(actors.system(_ACTOR)):
        held = LegalHold.objects.in_force().filter(scope=LegalHold.Scope.BOOK)
        return frozenset(held.values_list("selector__ids__book", flat=True))


def extents(holds: Sequence[LegalHold]) -> dict[int, Extent]:
    """By the key of the hold: what it covers now, or would cover if it still held."""
    known = {each.pk: Draft(each.scope, each.selector) for each in holds}
    counted = {hold: Extent(*numbers) for hold, *numbers in _told(statements.EXTENTS, known)}
    return {hold: counted.get(hold, Extent()) for hold in known}


def preview(draft: Draft) -> Extent:
    """What a hold would cover: counts and the first references, never a value."""
    ((customers, holdings, examples, policies),) = _told(
        statements.OF_ONE, {0: draft}, most=EXAMPLES
    )
    return Extent(customers, holdings, tuple(examples), tuple(policies))


def everything(draft: Draft) -> frozenset[UUID]:
    """Every holding that a hold would cover, for small ones."""
    return frozenset(
        UUID(str(holding)) for _hold, holding in _told(statements.EVERYTHING, {0: draft})
    )


def _on(statement: Statement, asked: list[Any]) -> dict[Any, tuple[HoldFact, ...]]:
    if not asked:
        return {}
    # Whoever asks: a hold that is out of somebody's reach holds all the same.
    with scopes.acting(actors.system(_ACTOR)):
        rows = LegalHold.objects.in_force().select_related("placed_by").order_by("placed_at", "pk")
        holds = {each.pk: each for each in rows}
        if not holds:
            return {}
        found = defaultdict(set)
        drafts = {each.pk: Draft(each.scope, each.selector) for each in holds.values()}
        for thing, hold in _told(statement, drafts, asked=asked):
            found[thing].add(hold)
    facts = {pk: _fact(each) for pk, each in holds.items()}
    return {
        thing: tuple(fact for pk, fact in facts.items() if pk in covering)
        for thing, covering in found.items()
    }


def _fact(hold: LegalHold) -> HoldFact:
    return HoldFact(
        ref=hold.ref,
        code=hold.code,
        ground=hold.ground,
        label=LegalHold.Ground(hold.ground).label,
        since=hold.placed_at,
        review_on=hold.review_on,
        placed_by=str(hold.placed_by),
    )


def _told(statement: Statement, holds: Mapping[int, Draft], **more: Any) -> list[Sequence[Any]]:
    terms = {"holds": json.dumps(list(_written(holds))), **more}
    with scopes.acting(actors.system(_ACTOR)), connection.cursor() as cursor:
        cursor.execute(statement.text({each.scope for each in holds.values()}), terms)
        return list(cursor.fetchall())


def _written(holds: Mapping[int, Draft]) -> Iterable[dict[str, Any]]:
    for pk, draft in holds.items():
        yield {"id": pk, "scope": draft.scope, "selector": dict(draft.selector)}
