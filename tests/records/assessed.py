"""Impact assessments as two officers write and approve them, for whatever else owes one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from access import approvals
from access.law.reading import today
from access.models import User
from custodian.regimes.assessments import Occasion
from records.assessments import papers, writing
from records.models import ImpactAssessment
from tests import estate


def said(row: ImpactAssessment, **more: Any) -> dict[str, Any]:
    """Whole, but for what `more` says otherwise."""
    asked = papers.form().asked(Occasion(row.occasion))
    return {
        "title": row.title,
        "answers": {each.code: "示例" for each in asked},
        "measures": "加密、掩码、日志、限额",
        "conclusion": "go",
        "conditions": [],
        "review_on": today() + timedelta(days=300),
        "elements": ("identity.name",),
        **more,
    }


def begin(kind: str, about: str, occasion: str, *, by: User, title: str = "") -> ImpactAssessment:
    with estate.acting(by) as actor:
        return writing.begin(kind, about, occasion, title=title, actor=actor)


def put_up(row: ImpactAssessment, *, by: User, **more: Any) -> Any:
    with estate.acting(by) as actor:
        writing.write(row, said(row, **more), actor=actor)
        return writing.submit(row, actor=actor)


def yes(row: ImpactAssessment, *, by: User) -> None:
    with estate.acting(by, stepped_up=True) as actor:
        approvals.approve(row.approval, seen=row.approval.digest, actor=actor)
    row.refresh_from_db()


def approved(
    kind: str, about: str, occasion: str, *, first: User, second: User, title: str = "",
    more: Mapping[str, Any] | None = None,
) -> ImpactAssessment:  # fmt: skip
    """In force; of what was assessed before the next version."""
    row = begin(kind, about, occasion, by=first, title=title)
    put_up(row, by=first, **(more or {}))
    yes(row, by=second)
    return row
