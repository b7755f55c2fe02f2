"""How far a claim has come, as people are told: its steps, and what comes next."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from records.claim_handling.steps import INTERNAL, Code
from records.models import Claim, ClaimStep

# For the customer, in the sense of what comes next for her.
NEXT: Final = {
    Claim.Status.REPORTED: gettext_lazy("等待接办。我们接办后会检查材料是否齐全。"),
    Claim.Status.EXAMINING: gettext_lazy("正在审核。缺材料时只会通知您一次，一次说全。"),
    Claim.Status.WAITING: gettext_lazy("等您补充材料。收齐之前，核定时限暂停。"),
    Claim.Status.APPROVED: gettext_lazy("已核定给付，等待付款。"),
    Claim.Status.PAID: gettext_lazy("已付款，本案办结。"),
    Claim.Status.REJECTED: gettext_lazy("核定不予给付，理由见下。不同意的，可以投诉或起诉。"),
}
TONES: Final = {
    Claim.Status.WAITING: "warn",
    Claim.Status.APPROVED: "info",
    Claim.Status.PAID: "ok",
    Claim.Status.REJECTED: "danger",
}
# The stages of the bar: reported, examined, decided, paid.
STAGES: Final = 4
_STAGE: Final = {
    Claim.Status.REPORTED: 1,
    Claim.Status.EXAMINING: 2,
    Claim.Status.WAITING: 2,
    Claim.Status.APPROVED: 3,
    Claim.Status.REJECTED: 3,
    Claim.Status.PAID: 4,
}


@dataclass(frozen=True)
class Line:
    """One step as a list tells it; without a time it has a day, or neither is known."""

    code: str
    words: Any
    at: datetime | None
    day: date | None
    unit: Any
    by: Any = None  # for staff only

    @property
    def undated(self) -> bool:
        return self.at is None and self.day is None


def told(steps: Iterable[ClaimStep], *, customer: bool) -> list[Line]:
    """Oldest first. The customer reads what concerns her, and no name of a person."""
    return [
        Line(
            each.code,
            _customers_word(each) if customer else each.get_code_display(),
            each.at,
            each.day,
            each.unit,
            None if customer else each.by,
        )
        for each in sorted(steps, key=_order)
        if not (customer and each.code in INTERNAL)
    ]


def _order(step: ClaimStep) -> tuple[bool, float, int]:
    """What was imported comes first; what was found complete later had been so before."""
    return step.at is not None, step.at.timestamp() if step.at else 0.0, step.pk or 0


def _customers_word(step: ClaimStep) -> Any:
    if step.code == Code.PROPOSED:
        return _("核定意见已提出，正在由第二人复核")
    if step.code == Code.TAKEN:
        return _("已接办，开始审核")
    return step.get_code_display()


def stage(claim: Claim) -> int:
    return _STAGE[Claim.Status(claim.status)]


def tone(claim: Claim) -> str:
    return TONES.get(Claim.Status(claim.status), "")


def comes_next(claim: Claim) -> Any:
    return NEXT[Claim.Status(claim.status)]
