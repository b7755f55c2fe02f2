"""An assessment as it is frozen: the canonical text of everything that it says, and its SHA-256."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from access import approvals
from access.models import Approval
from custodian import elements
from custodian.errors import CustodianError
from custodian.regimes import assessments
from custodian.regimes.assessments import Form, Occasion
from custodian.tlog.verify import canonical
from records.models import ImpactAssessment

LANGUAGES: Final = {"zh": "zh-hans", "en": "en"}
Said = dict[str, Any]
Stage = ImpactAssessment.Stage


class Altered(CustodianError):
    """The row is not what was put up: somebody wrote into the database."""

    code = "impact-assessment-altered"
    status = 410
    message = _("评估内容与提交复核的不一致，不能取出；请联系系统管理员核对数据库")


def form() -> Form:
    """What the installed law asks."""
    return assessments.of(settings.CUSTODIAN_REGIME)


def content(row: ImpactAssessment) -> Said:
    names, ground = settings.CUSTODIAN_INSURER_NAME, form().ground(row.occasion)
    return {
        "insurer": {"code": settings.CUSTODIAN_INSURER, "zh": names["zh"], "en": names["en"]},
        "code": row.code,
        "version": row.number,
        "title": row.title,
        "ground": {
            "code": ground.code, "occasion": row.occasion, "zh": ground.name, "en": ground.name_en,
            "clause": ground.clause, "mark": ground.mark.value,
        },
        "about": {"kind": row.kind, "code": row.about, "name": row.facts.get("name", "")},
        "elements": [_element(code) for code in row.facts.get("elements", ())],
        "looks": list(row.facts.get("looks", ())),
        "recipients": list(row.facts.get("recipients", ())),
        "people": row.facts.get("people", {}),
        "answers": _answers(row),
        "measures": row.measures,
        "conclusion": row.conclusion,
        "conditions": list(row.conditions),
        "review_on": row.review_on.isoformat() if row.review_on else "",
        "author": {"no": row.begun_by.staff_no, "name": row.begun_by.name},
        "begun": row.begun_at.isoformat(),
    }  # fmt: skip


def _element(code: str) -> Said:
    found = elements.get(code)
    said: Said = {"code": code, "level": found.level, "sensitive": found.sensitive}
    for name, tag in LANGUAGES.items():
        with override(tag):
            said[name] = str(found.label)
    return said


def _answers(row: ImpactAssessment) -> list[Said]:
    """With the questions as they were asked: another pack must not change what was answered."""
    return [
        {
            "code": each.code,
            "heading": each.heading.value,
            "zh": each.says,
            "en": each.says_en,
            "answer": row.answers.get(each.code, ""),
        }
        for each in form().asked(Occasion(row.occasion))
    ]


def freeze(said: Said) -> tuple[str, str]:
    body = canonical(said)
    return body, hashlib.sha256(body.encode()).hexdigest()


def said_by(row: ImpactAssessment) -> Said:
    """As it was put up; of one in work as it stands. Raises `Altered`."""
    if row.stage in (Stage.DRAFT, Stage.RETURNED):
        return content(row)
    if row.approval is None or not approvals.is_as_left(row.approval):
        raise Altered
    return as_put_up(row)


def as_put_up(row: ImpactAssessment) -> Said:
    """The same as its approval names; for whoever holds the approval. Raises `Altered`."""
    named = row.approval.payload.get("sha256") if row.approval else None
    if not hashlib.sha256(row.body.encode()).hexdigest() == row.digest == named:
        raise Altered
    said: Said = json.loads(row.body)
    if not _agrees(row, said):
        raise Altered
    return said


def _agrees(row: ImpactAssessment, said: Said) -> bool:
    """Whether what gates go by is what the text says."""
    review = row.review_on.isoformat() if row.review_on else ""
    return (
        said["about"] == {"kind": row.kind, "code": row.about, "name": row.facts.get("name", "")}
        and (said["code"], said["version"]) == (row.code, row.number)
        and (said["conclusion"], said["review_on"]) == (row.conclusion, review)
        and said["ground"]["occasion"] == row.occasion
        and [each["code"] for each in said["elements"]] == list(row.facts.get("elements", ()))
        and all(said[name] == list(row.facts.get(name, ())) for name in ("looks", "recipients"))
    )


def altered() -> Iterator[Approval]:
    """Approvals of assessments that do not say any more what was put up."""
    rows = ImpactAssessment.objects.exclude(approval=None).exclude(body="")
    for row in rows.select_related("approval"):
        try:
            as_put_up(row)
        except Altered:
            if row.approval is not None:
                yield row.approval
