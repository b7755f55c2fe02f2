"""How far people and units have come: everybody's parts, counted by unit with all below it, and by course."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from access.models import Unit, User
from access.training import standing
from access.training.standing import Part
from custodian import clock


@dataclass(frozen=True)
class Trainee:
    """Somebody in service who must have something."""

    user: User
    parts: list[Part]

    @cached_property
    def gaps(self) -> list[Part]:
        return [part for part in self.parts if part.is_gap]

    @cached_property
    def soon(self) -> list[Part]:
        return [part for part in self.parts if part.state == "soon"]


@dataclass(frozen=True)
class Tally:
    """Of a unit with everything below it, or of one course: people who are due, and who are in order."""

    of: Any
    people: int
    valid: int
    soon: int
    expired: int = 0  # of those who are not in order
    depth: int = 0

    @property
    def gaps(self) -> int:
        return self.people - self.valid

    @property
    def share(self) -> float:
        return self.valid / self.people if self.people else 1.0


def everybody() -> list[Trainee]:
    """All who are in service and must have something, by staff number."""
    people = User.objects.filter(is_active=True).select_related("unit")
    known, held, now = standing.taught(), standing.held_by(None), clock.now()
    trainees = (
        Trainee(user, standing.parts(user.role, known, held.get(user.pk, {}), now=now))
        for user in people.order_by("staff_no")
    )
    return [each for each in trainees if each.parts]


def by_unit(trainees: Sequence[Trainee], units: Iterable[Unit] | None = None) -> list[Tally]:
    """Each unit in which, or below which, somebody is due; in the order of the tree."""
    known = Unit.objects.order_by("path") if units is None else units
    found = []
    for unit in known:
        inside = [each for each in trainees if each.user.unit.path.startswith(unit.path)]
        if inside:
            found.append(_tally(unit, inside, depth=unit.path.count(".") - 1))
    return found


def _tally(of: Any, trainees: Sequence[Trainee], *, depth: int = 0) -> Tally:
    return Tally(
        of,
        people=len(trainees),
        valid=sum(not each.gaps for each in trainees),
        soon=sum(bool(each.soon) and not each.gaps for each in trainees),
        expired=sum(any(gap.state == "expired" for gap in each.gaps) for each in trainees),
        depth=depth,
    )


def by_code(trainees: Iterable[Trainee]) -> dict[str, Tally]:
    """For each course and undertaking: who is due, who is in order."""
    parts: dict[str, list[Part]] = {}
    for trainee in trainees:
        for part in trainee.parts:
            parts.setdefault(part.code, []).append(part)
    return {
        code: Tally(
            each[0].taught,
            people=len(each),
            valid=sum(not part.is_gap for part in each),
            soon=sum(part.state == "soon" for part in each),
        )
        for code, each in parts.items()
    }
