"""Holds what was found against what was planted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from access.audits.day import Hit
from tests.audits.quarter.made import Quarter
from tests.audits.quarter.snoopers import SNOOPERS


@dataclass
class Score:
    planted: dict[int, str]
    flagged: dict[int, set[str]] = field(default_factory=lambda: defaultdict(set))

    @property
    def found(self) -> set[int]:
        return set(self.planted) & set(self.flagged)

    @property
    def found_as_meant(self) -> set[int]:
        return {person for person in self.found if self.planted[person] in self.flagged[person]}

    @property
    def recall(self) -> float:
        return len(self.found) / len(self.planted)

    @property
    def precision(self) -> float:
        return len(self.found) / len(self.flagged) if self.flagged else 1.0

    @property
    def precision_of_findings(self) -> float:
        """Of the distinct pairs of rule and person, those about a snooper."""
        pairs = [(person, rule) for person, rules in self.flagged.items() for rule in rules]
        return sum(person in self.planted for person, _ in pairs) / len(pairs) if pairs else 1.0


def score(quarter: Quarter, hits: Iterable[tuple[date, Hit]]) -> Score:
    found = Score(quarter.planted)
    for _, hit in hits:
        found.flagged[hit.operator].add(hit.rule)
    return found


def told(quarter: Quarter, its: Score) -> str:
    """The score in lines, with every miss and every false alarm by name."""
    staff = len(quarter.house.members)
    lines = [
        f"seed {quarter.seed}: {staff} people, {quarter.looks:,} looks, {len(its.planted)} snoopers",
        f"  people flagged {len(its.flagged)}: recall {its.recall:.3f}, precision {its.precision:.3f}",
        f"  by the rule meant for them {len(its.found_as_meant)}/{len(its.planted)}",
        f"  findings: precision {its.precision_of_findings:.3f}",
    ]
    for kind in SNOOPERS:
        people = [person for person, each in its.planted.items() if each == kind]
        meant = sum(kind in its.flagged.get(person, ()) for person in people)
        by = sorted({rule for person in people for rule in its.flagged.get(person, ())} - {kind})
        found = sum(person in its.found for person in people)
        lines.append(
            f"  {kind:14} found {found}/{len(people)}, as meant {meant}; also by {', '.join(by) or '-'}"
        )
    return "\n".join([*lines, *_false_alarms(quarter, its)])


def _false_alarms(quarter: Quarter, its: Score) -> Iterable[str]:
    for who in quarter.house.members:
        if who.id in its.flagged and who.id not in its.planted:
            names = [name for name, ids in quarter.house.confounded.items() if who.id in ids]
            rules = ", ".join(sorted(its.flagged[who.id]))
            yield (
                f"  false alarm: {rules} ({who.role} {who.id}, forgets {who.forgets:.0%}, "
                f"late {who.late:.0%}; {', '.join(names) or 'ordinary'})"
            )
