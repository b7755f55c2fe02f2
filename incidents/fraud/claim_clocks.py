"""The clocks of the claims of a case, as they run: a suspicion neither stops nor hides one of them.

保险法 arts 22–25 go on counting, and the law wants no claim delayed on an unfounded suspicion; where a claim
is late beside a case, that is said to whoever works on the case and on the morning page.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from access import actors, scopes
from access.actors import Actor
from custodian import clock
from incidents.fraud.investigating import claims_of
from incidents.fraud.rules import book
from incidents.fraud.standing import ACTOR
from incidents.models import FraudCase, FraudLink, FraudSignal
from records.claim_handling import clocks, progress
from records.claim_handling.lifecycle import OPEN
from records.models import Claim, ClaimClock, ClaimDecision


@dataclass(frozen=True)
class Standing:
    """One claim beside a case: where it is, what runs, and which decisions were proposed on it."""

    claim: Claim
    faces: list[Any]
    late: bool
    decisions: list[ClaimDecision]

    @property
    def next(self) -> Any:
        return progress.comes_next(self.claim)

    @property
    def tone(self) -> str:
        return progress.tone(self.claim)


@dataclass(frozen=True)
class Undue:
    """A claim that is late while a suspicion is open, idle or was found to be unfounded."""

    case: FraudCase
    claim: Claim
    since: datetime
    why: Any


def of(case: FraudCase) -> list[Standing]:
    """Read in the scope of whoever asks; whatever he may not see of claims is not here either."""
    found = claims_of(case)
    late = _late()
    decided = ClaimDecision.objects.filter(claim__in=found).order_by("slot")
    return [
        Standing(
            each,
            clocks.shown(each),
            each.pk in late,
            [row for row in decided if row.claim_id == each.pk],
        )
        for each in found
    ]


def idle(case: FraudCase) -> bool:
    """Nobody has done anything in it for as many days as the rules name."""
    last = case.entries.exclude(by=None).order_by("-at").values_list("at", flat=True).first()
    return clock.now() - (last or case.opened_at) > timedelta(days=book().idle_days)


def undue(actor: Actor) -> list[Undue]:
    """Of the cases that the actor sees, the late claims beside them; the oldest on top."""
    return _among(FraudCase.objects.visible_to(actor).exclude(state="closed"))


def beside(case: FraudCase) -> list[Undue]:
    return _among(FraudCase.objects.filter(pk=case.pk).exclude(state="closed"))


def _among(cases: QuerySet[FraudCase]) -> list[Undue]:
    """By what is late, which is little, rather than case by case."""
    late = _late()
    rows = {"case__in": cases, "claim__in": list(late), "claim__status__in": OPEN}
    pairs = {
        *FraudSignal.objects.filter(**rows).values_list("case", "claim"),
        *FraudLink.objects.filter(**rows).values_list("case", "claim"),
    }
    known = {each.pk: each for each in cases.filter(pk__in={case for case, _claim in pairs})}
    claims = Claim.objects.in_bulk({claim for _case, claim in pairs})
    found = [
        Undue(known[case], claims[claim], late[claim], _why(known[case])) for case, claim in pairs
    ]
    return sorted(found, key=lambda each: (each.since, each.claim.pk))


def _why(case: FraudCase) -> Any:
    if case.state == FraudCase.State.DISMISSED or case.outcome == FraudCase.Outcome.UNFOUNDED:
        return _("疑点已认定不成立，赔案仍超过时限")
    if case.outcome:
        return _("疑点已认定成立，赔案却还没有核定，已超过时限")
    if idle(case):
        return _("疑点久未办理，赔案已超过时限")
    return _("疑点还没有定论，赔案已超过时限；疑点不停止赔案的时限")


def _late() -> dict[int, datetime]:
    """By claim since when its first clock is late; clocks are read by the house, which sees them all."""
    with scopes.acting(actors.system(ACTOR)):
        rows = ClaimClock.objects.late(clock.now()).order_by("-due_at")
        return dict(rows.values_list("claim_id", "due_at"))
