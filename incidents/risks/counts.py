"""How many actions are open and late, and how many controls fail, unit by unit."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass

from custodian import clock
from incidents.models import RiskAction
from incidents.risks import checking, register


@dataclass(frozen=True)
class UnitCounts:
    open_actions: int = 0
    late_actions: int = 0
    failed_controls: int = 0


def by_unit() -> dict[int | None, UnitCounts]:
    """By the unit's key; None is what belongs to none.

    An action counts where its risk is, else where its owner works; a failed control in each unit that has
    an open risk which it holds, else in none.
    """
    today = clock.local().date()
    open_ones, late_ones = Counter[int | None](), Counter[int | None]()
    rows = RiskAction.objects.filter(state=RiskAction.State.OPEN)
    for unit, of_owner, due in rows.values_list("risk__unit", "owner__unit", "due_on"):
        place = unit or of_owner
        open_ones[place] += 1
        late_ones[place] += due < today
    failed = {unit: len(codes) for unit, codes in _failed().items()}
    return {
        unit: UnitCounts(open_ones[unit], late_ones[unit], failed.get(unit, 0))
        for unit in {*open_ones, *failed}
    }


def _failed() -> dict[int | None, set[str]]:
    found: dict[int | None, set[str]] = defaultdict(set)
    for each in checking.failed():
        held = register.open_ones().filter(controls__contains=[each.control.code])
        units: set[int | None] = set(held.exclude(unit=None).values_list("unit", flat=True))
        for unit in units or {None}:
            found[unit].add(each.control.code)
    return found
