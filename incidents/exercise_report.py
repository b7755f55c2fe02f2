"""The score of an exercise as PDF, once in each language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import override

from custodian import clock
from custodian.mail import LANGUAGES
from custodian.pdf import compile_pdf
from incidents.cases import exercising, scoring
from incidents.models import Exercise


def as_pdf(exercise: Exercise) -> bytes:
    sides = []
    for language in LANGUAGES:
        with override(language):
            sides.append({"lang": language[:2], **_side(exercise)})
    ended = f"{clock.local(exercise.ended_at):%Y-%m-%d %H:%M}" if exercise.ended_at else ""
    content = {
        "title": sides[0]["title"],
        "insurer": " · ".join(settings.CUSTODIAN_INSURER_NAME.values()),
        "mark": f"{exercise.incident.code} · {ended}",
        "sides": sides,
    }
    return compile_pdf("exercise.typ", content, at=clock.now())


def _side(exercise: Exercise) -> dict[str, Any]:
    scenario = exercising.scenario_of(exercise)
    said = {"points": exercise.points, "most": exercise.most}
    return {
        "title": _("演练：%(title)s") % {"title": scenario.title},
        "lede": _("得分 %(points)s / %(most)s") % said,
        "sum": scoring.arithmetic(exercise.score),
        "heads": [_("事项"), _("目标（时:分）或正确答案"), _("实际"), _("判定"), _("得分")],
        "rows": [
            [each.what, each.expected, each.came or "—", str(each.outcome), f"{each.points}/{each.most}"]
            for each in scoring.told(scenario, exercise.score)
        ],
    }  # fmt: skip
