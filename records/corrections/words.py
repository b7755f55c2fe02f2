"""States, steps and confirmations in words: for the staff, and for the customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from access.models import Unit
from custodian import elements
from records.corrections import confirming
from records.corrections.groups import GROUPS
from records.models import Correction, CorrectionConfirmation, CorrectionStep

Status, Way = Correction.Status, CorrectionConfirmation.Way
TONES: Final[Mapping[str, str]] = {
    Status.SUBMITTED: "info", Status.CHECKING: "info", Status.CONFIRMING: "warn",
    Status.APPROVING: "info", Status.APPROVED: "info", Status.APPLIED: "ok", Status.REFUSED: "danger",
}  # fmt: skip
STEPS: Final[Mapping[str, Promise | str]] = {
    "submitted": _("已收到，编号已生成"),
    "checking": _("有人开始核对"),
    "checked": _("证明材料已核对"),
    "waiting": _("等您本人确认"),
    "confirmed-portal": _("您在客户服务确认了"),
    "confirmed-code": _("您用验证码确认了"),
    "confirmed-branch": _("您到柜面确认了"),
    "confirmed-letter": _("收到您签名的函件"),
    "approving": _("交由第二人复核"),
    "approved": _("第二人已批准"),
    "conflict": _("资料同时有别的变动，重新核对"),
    "applied": _("已更正，新内容生效"),
    "refused": _("不予更正"),
    "withdrawn": _("已撤回"),
    "lapsed": _("资料已停止使用或销毁，这件更正随之结束"),
}
# What somebody can do where the answer is no (PIPL art. 50).
REMEDY: Final = _("如不同意，可以补充材料后再次提出，也可以投诉，或向监管部门反映、向法院起诉。")


@dataclass(frozen=True)
class Told:
    """One step as pages show it."""

    words: Any
    at: datetime
    unit: str


@dataclass(frozen=True)
class Confirmed:
    """One confirmation as the staff see it; `by` only where somebody put it on record."""

    words: Any
    at: datetime
    by: str


def title(correction: Correction) -> Any:
    group = GROUPS.get(correction.group)
    what = group.label if group else correction.group
    said = _("补充%(what)s") if correction.kind == Correction.Kind.COMPLETION else _("更正%(what)s")
    return said % {"what": what}


def tone(correction: Correction) -> str:
    return TONES.get(correction.status, "")


def state(correction: Correction) -> Any:
    return correction.get_status_display()


def steps(correction: Correction) -> list[Told]:
    rows = list(CorrectionStep.objects.filter(correction=correction).order_by("at", "pk"))
    names = {unit.code: str(unit) for unit in Unit.objects.filter(code__in={r.unit for r in rows})}
    return [
        Told(STEPS.get(each.code, each.code), each.at, names.get(each.unit, "")) for each in rows
    ]


def confirmations(correction: Correction) -> list[Confirmed]:
    given = confirming.given(correction)
    return [Confirmed(_way(each), each.at, str(each.by) if each.by else "") for each in given]


def _way(each: CorrectionConfirmation) -> Any:
    label = Way(each.way).label
    if not each.contact:
        return label
    return _("%(way)s（%(contact)s）") % {
        "way": label, "contact": elements.get(each.contact).label,
    }  # fmt: skip


def still_needed(correction: Correction) -> int:
    """How many more confirmations; none for what needs none."""
    if not GROUPS[correction.group].two_ways:
        return 0
    return confirming.missing(confirming.given(correction))
