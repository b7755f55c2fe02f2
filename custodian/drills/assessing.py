"""An impact assessment as two officers write and approve it, for drills and for the demo insurer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from access import actors, approvals, scopes
from access.models import User
from custodian.regimes.assessments import Occasion
from records.assessments import papers, writing
from records.models import ImpactAssessment


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the writer says; questions without words of their own are answered with `otherwise`."""

    otherwise: str
    measures: str
    review_on: date
    answers: Mapping[str, str] = field(default_factory=dict)
    conclusion: str = ImpactAssessment.Conclusion.GO.value
    conditions: Sequence[Mapping[str, Any]] = ()
    title: str = ""
    elements: Sequence[str] = ()


def draft(kind: str, about: str, occasion: str, words: Words, *, by: User) -> ImpactAssessment:
    """Begun and written, and not put up yet."""
    actor = actors.staff(by, stepped_up=True)
    with scopes.acting(actor):
        row = writing.begin(kind, about, occasion, title=words.title, actor=actor)
        asked = papers.form().asked(Occasion(occasion))
        said = {
            "title": words.title or row.title,
            "answers": {each.code: words.answers.get(each.code, words.otherwise) for each in asked},
            "measures": words.measures,
            "conclusion": words.conclusion,
            "conditions": list(words.conditions),
            "review_on": words.review_on,
            "elements": words.elements,
        }
        writing.write(row, said, actor=actor)
    return row


def carry(
    kind: str, about: str, occasion: str, words: Words, *, first: User, second: User
) -> ImpactAssessment:
    """Written by one, approved by the other."""
    row = draft(kind, about, occasion, words, by=first)
    actor = actors.staff(first, stepped_up=True)
    with scopes.acting(actor):
        approval = writing.submit(row, actor=actor)
    other = actors.staff(second, stepped_up=True)
    with scopes.acting(other):
        approvals.approve(approval, seen=approval.digest, actor=other)
    row.refresh_from_db()
    return row
