"""A day by which something goes earlier counts when a second person has said yes to exactly that."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from custodian.workflow import Workflow
from records.models import RetentionEvent
from records.retention import noting, reckoning, telling
from records.retention.noting import KIND

State = RetentionEvent.State
NOTE = Workflow(
    {
        "count": (frozenset({State.WAITING.value}), State.COUNTS.value),
        "return": (frozenset({State.WAITING.value}), State.RETURNED.value),
    },
    field="state",
)
# Where note and approval stand together; anything else was written by hand.
_TOGETHER = {(State.WAITING, "waiting"), (State.COUNTS, "approved"), (State.RETURNED, "returned")}


def altered() -> Iterator[Approval]:
    """Approvals whose note says another day, or counts without the second person."""
    rows = RetentionEvent.objects.exclude(approval=None).select_related("approval", "corrects")
    for event in rows.order_by("pk"):
        approval = event.approval
        assert approval is not None  # noqa: S101  said above
        if not _is_as_left(event, approval):
            yield approval


def _is_as_left(event: RetentionEvent, approval: Approval) -> bool:
    return (
        approval.kind == KIND
        and approvals.is_as_left(approval)
        and (event.state, approval.status) in _TOGETHER
        and _says(event, approval.payload)
    )


def _says(event: RetentionEvent, payload: Mapping[str, Any]) -> bool:
    return all(payload.get(name) == value for name, value in noting.said(event).items())


class _Kind:
    action = Action.RETENTION_NOTE_APPROVE
    label = _("提早保存期限的起算日")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:retention_event", args=[payload["customer"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A day is about a customer, who is nobody's colleague."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        trigger = RetentionEvent.Trigger(payload["trigger"])
        return [
            (_("客户"), [payload["customer"]]),
            (_("事件"), [trigger.label, *filter(None, [payload["policy"]])]),
            (_("原来的日期"), [payload["from"] or _("账册中的日期")]),
            (_("改为"), [payload["on"]]),
            (_("理由"), [payload["reason"]]),
            (
                _("保存至"),
                [f"{telling.KINDS[kind]} {was} → {now}" for kind, was, now in payload["earlier"]]
                or [_("此刻不变，别的规则更长")],
            ),
            (_("后果"), [_("到期更早，之后可以列入销毁批次")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        event = _waiting(approval)
        if event is None or not _says(event, approval.payload):
            raise ContentChanged
        NOTE.move(event, "count")
        reckoning.refresh(noting.concerned(event))

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        if (event := _waiting(approval)) is not None:  # it went with its customer
            NOTE.move(event, "return")


def _waiting(approval: Approval) -> RetentionEvent | None:
    rows = RetentionEvent.objects.select_for_update(of=("self",)).select_related("corrects")
    return rows.filter(approval=approval, state=State.WAITING).first()


approvals.register(KIND, _Kind())
