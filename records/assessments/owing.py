"""Everything that owes an assessment, and which of it lacks one in force."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse

from records.assessments import standing, things
from records.assessments.standing import Verdict
from records.models import AssessmentCondition
from records.ports import Assessable


@dataclass(frozen=True)
class Owing:
    thing: Assessable
    verdict: Verdict

    @property
    def label(self) -> str:
        return things.label_of(self.thing.kind)

    @property
    def sensitive(self) -> bool:
        return things.has_sensitive(self.thing.elements)


def everything() -> list[Owing]:
    """What lacks one comes first."""
    found = [Owing(each, standing.verdict(each)) for each in things.everything() if each.owed]
    return sorted(found, key=lambda each: each.verdict.ok)


def lacking() -> list[Owing]:
    return [each for each in everything() if not each.verdict.ok]


def late_conditions() -> list[AssessmentCondition]:
    rows = AssessmentCondition.objects.filter(done_at=None).select_related("assessment", "owner")
    return [each for each in rows.order_by("due_on") if each.is_late]


def place() -> str:
    return reverse("admin:assessments")
