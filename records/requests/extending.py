"""More time for an answer: given by the rule at once, or by a second person's approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, scopes
from access.actions import Action
from access.actors import Actor, system
from access.approvals import ContentChanged
from access.law import words as law_words
from access.models import Approval
from custodian import clock
from records.models import CustomerRequest, RequestClock
from records.requests import clocks, stepping
from records.requests.stepping import ACTOR, Code

KIND: Final = "complaint-extension"


def give(request: CustomerRequest, code: str, *, actor: Actor) -> None:
    with scopes.acting(system(ACTOR)):
        clocks.extend(request.clock, code)
        stepping.note(request, Code.EXTENDED, actor=actor)


def ask(request: CustomerRequest, code: str, *, actor: Actor) -> Approval:
    """Put it up for somebody else; the clock runs as before until he says yes."""
    if (waiting := request.clock.approval) and waiting.status == approvals.Status.WAITING:
        raise ContentChanged
    approval = approvals.request(KIND, _payload(request, code), actor=actor)
    RequestClock.objects.filter(request=request).update(approval=approval)
    return approval


def _payload(request: CustomerRequest, code: str) -> dict[str, Any]:
    running = request.clock
    return {
        "request": request.ref,
        "rule": running.rule,
        "extension": code,
        "before": list(running.extended),
        "due": running.due_at.isoformat(),
    }


def _of(payload: Mapping[str, Any]) -> CustomerRequest:
    found: CustomerRequest = CustomerRequest.objects.select_related("clock").get(
        ref=payload["request"]
    )
    return found


class _Kind:
    action = Action.REQUEST_EXTEND_APPROVE
    label = _("投诉再延期")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:request", args=[payload["request"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        request = _of(payload)
        rule = clocks.rule_of(request.clock)
        found = rule.extension(payload["extension"])
        name = found.name_en if law_words.english() else found.name
        due = clock.local(request.clock.due_at)
        return [
            (_("申请编号"), [payload["request"]]),
            (_("事项"), [request.get_kind_display()]),
            (_("延期"), [name]),
            (_("现在到期"), [f"{due:%Y-%m-%d %H:%M}"]),
            (_("理由"), [_("写在申请里，密封保存")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        request = _of(approval.payload)
        if _payload(request, approval.payload["extension"]) != approval.payload or request.ended:
            raise ContentChanged
        give(request, approval.payload["extension"], actor=actor)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """The clock has run as before all the time."""


approvals.register(KIND, _Kind())
