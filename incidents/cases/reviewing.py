"""The review after an incident: written by its lead, approved by another member, kept as it was approved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access import approvals, proposals
from access.actors import Actor
from access.models import Approval
from custodian.errors import CustodianError
from incidents.cases import milestones, timeline
from incidents.cases.decisions import REVIEW, CaseKind, Pending, put_up
from incidents.cases.standing import Status, held, require_lead
from incidents.models import Incident, IncidentReview, TimelineEntry

NAMES: Final = ("cause", "cause_text", "worked", "failed", "lessons", "playbook")


class NotHandled(CustodianError):
    """A review looks back on the whole: it comes when handling is over."""

    code = "incident-review-not-handled"
    status = 409
    message = _("先结束处置，再复盘")


def ask(incident: Incident, said: Mapping[str, Any], *, actor: Actor) -> Approval:
    """Of cause, what worked, what did not, lessons. Raises `NotHandled`, `Pending`, `NotTheLead`, `Over`."""
    with held(incident) as row:
        require_lead(row, actor)
        if row.status != Status.HANDLED:
            raise NotHandled
        if proposals.waiting(REVIEW, incident=row.code) is not None:
            raise Pending
        measured = [each.data for each in milestones.of(row)]
        words = {name: said[name] for name in NAMES}
        return put_up(REVIEW, {"incident": row.code, **words, "measured": measured}, actor)


class _Review(CaseKind):
    label = _("事后复盘")

    def _words(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        lines = milestones.drawn(milestones.read(payload["measured"]))
        times = [f"{each.label} {each.took}" for each in lines if each.took]
        return [
            (_("根本原因"), [IncidentReview.Cause(payload["cause"]).label, payload["cause_text"]]),
            (_("哪些做得好"), [payload["worked"]]),
            (_("哪些没有做好"), [payload["failed"]]),
            (_("教训"), [payload["lessons"]]),
            (_("处置步骤怎样改"), [payload["playbook"] or _("不改")]),
            (_("用时"), times),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        """Raises `NotHandled` where the case was taken up again."""
        row, said = self.held(approval, actor), approval.payload
        if row.status != Status.HANDLED:
            raise NotHandled
        words = {name: said[name] for name in NAMES}
        IncidentReview.objects.create(
            incident=row, approval=approval, measured=said["measured"], **words
        )
        facts = {"cause": said["cause"], "approval": str(approval.ref)}
        what = TimelineEntry.What.REVIEWED
        timeline.write(row, what, actor=actor, text=said["lessons"], facts=facts)


def ready() -> None:
    approvals.register(REVIEW, _Review())
