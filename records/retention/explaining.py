"""Why each thing of a customer is still here: its state, until when, by which rules, and what needs it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from records import legal_holds, standings
from records.legal_holds import HoldFact
from records.models import Claim, Correction, CustomerRequest, Document, Policy
from records.retention import reckoning, rules, telling
from records.retention.deciding import State
from records.retention.reckoning import Kept
from records.retention.telling import ToldReason

SAID: Final = 2


@dataclass(frozen=True)
class Told:
    """One holding in words; of what is gone only when, and by which batch."""

    kind: str
    label: Any
    name: str  # the reference of a policy, claim or document; empty for identity and money
    state: str
    word: Any
    tone: str
    until: date | None = None
    ended_on: date | None = None
    reasons: list[ToldReason] = field(default_factory=list)  # the one that decides first
    uses: list[tuple[Any, list[str]]] = field(default_factory=list)
    since: datetime | None = None  # since when it is stored only, or gone
    holds: Sequence[HoldFact] = ()
    batch: str = ""

    @property
    def first(self) -> list[ToldReason]:
        """Those that are said at once: the one that decides, and the next."""
        return self.reasons[:SAID]

    @property
    def rest(self) -> list[ToldReason]:
        return self.reasons[SAID:]

    @property
    def gone(self) -> bool:
        return self.state == standings.DESTROYED

    @property
    def undated(self) -> bool:
        return self.state == State.UNDATED.value


def of_customer(subject: int, *, today: date) -> list[Told]:
    """Reckoned at this moment; then what is destroyed, by its stones."""
    standing = standings.of(subject)
    names = _names(subject)
    kept = list(reckoning.answers([subject], on=today, by=rules.on(today)))
    holds = legal_holds.on([each.holding for each in kept])
    order = list(telling.KINDS)
    told = [_told(each, names, standing, holds) for each in kept]
    gone = [
        _gone(names.get(holding, ""), each)
        for holding, each in standing.items()
        if each.destroyed and each.kind in telling.KINDS
    ]
    return sorted([*told, *gone], key=lambda each: (order.index(each.kind), each.gone))


def _names(subject: int) -> dict[UUID, str]:
    return {
        holding: ref
        for model in (Policy, Claim, Document, CustomerRequest, Correction)
        for holding, ref in model._default_manager.filter(subject=subject).values_list(
            "holding", "ref"
        )
    }


def _told(
    kept: Kept,
    names: Mapping[UUID, str],
    standing: Mapping[UUID, standings.Standing],
    holds: Mapping[UUID, Sequence[HoldFact]],
) -> Told:
    answer, state = kept.answer, kept.answer.state.value
    known = standing.get(kept.holding)
    return Told(
        kept.kind,
        telling.KINDS[kept.kind],
        names.get(kept.holding, ""),
        state,
        telling.STATES[state],
        telling.TONES[state],
        answer.until,
        answer.ended_on,
        [telling.reason(each) for each in answer.reasons],
        telling.uses(answer.uses),
        known.since if known else None,
        holds.get(kept.holding, ()),
    )


def _gone(name: str, each: standings.Standing) -> Told:
    return Told(
        each.kind, telling.KINDS[each.kind], name, each.status, telling.GONE, "",
        since=each.since, batch=each.batch,
    )  # fmt: skip
