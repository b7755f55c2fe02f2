"""Another number of times than the pack's: by four eyes, dated, and never fewer than what is law."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, proposals
from access.actions import Action
from access.actors import Actor
from access.law import counts, words
from access.law.reading import clause, today
from access.law.versions import follow
from access.models import Approval, CountOverride
from custodian.errors import CustodianError

KIND: Final = "law-count"
MOST: Final = 99


class LawIsMore(CustodianError):
    """What the law asks for, by a source that was checked, is not done fewer times."""

    code = "count-below-the-law"
    message = _("法律要求的次数，来源已核，只能更多，不能更少")


class NotAhead(CustodianError):
    """It holds from today or later."""

    code = "count-override-not-ahead"
    message = _("生效日不能早于今天")


class Unchanged(CustodianError):
    """The proposal says what holds already."""

    code = "count-override-unchanged"
    message = _("与现行次数没有不同，请修改后再试")


class Pending(CustodianError):
    """Another change of the same count waits for its approval."""

    code = "count-override-pending"
    status = 409
    message = _("这项次数已有一项修改待复核")


ERRORS = (LawIsMore, NotAhead, Unchanged, Pending)


def propose_count(code: str, *, number: int, since: date, reason: str, actor: Actor) -> Approval:
    """Ask for another number from `since` on. Raises one of `ERRORS`, `UnknownCount`."""
    _check(code, number)
    if since < today():
        raise NotAhead
    if counts.of(code, since).number == number:
        raise Unchanged
    newest = CountOverride.objects.filter(rule=code).first()
    payload = {
        "rule": code,
        "base": newest.version if newest else 0,
        "number": number,
        "since": since.isoformat(),
        "reason": reason,
    }
    return proposals.propose(
        KIND,
        payload,
        of="rule",
        table=CountOverride,
        pending=Pending,
        action=Action.LAW_PROPOSE,
        facts={"law-count": code},
        actor=actor,
    )


def waiting(code: str) -> Approval | None:
    return proposals.waiting(KIND, rule=code)


def _check(code: str, number: int) -> None:
    found = counts.known(code)
    if found.binds and number < found.number:
        raise LawIsMore


class _Kind:
    action = Action.LAW_APPROVE
    label = _("次数的改动")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:law_count", args=[payload["rule"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A count is about everybody."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        found = counts.pack_count(payload["rule"])
        base = CountOverride.objects.filter(rule=payload["rule"], version=payload["base"]).first()
        before = base.number if base else found.number
        return [
            (_("次数"), [f"{counts.name(found)} · {found.code}"]),
            (_("改动"), [f"{before} → {payload['number']}"]),
            (_("依据"), [words.cite(clause(found.clause))]),
            (_("自"), [payload["since"]]),
            (_("理由"), [payload["reason"]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """From the proposed day on, or from today if that has passed: never backwards."""
        said = approval.payload
        _check(said["rule"], said["number"])
        row = CountOverride(
            rule=said["rule"],
            version=said["base"] + 1,
            number=said["number"],
            since=max(date.fromisoformat(said["since"]), today()),
            reason=said["reason"],
            approval=approval,
        )
        follow(row, CountOverride.objects.filter(rule=said["rule"]))

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


approvals.register(KIND, _Kind())
