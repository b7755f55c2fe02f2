"""The approval of a delay: what whoever decides is shown, and what follows when he says yes or no."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval, DelayedLook, User
from access.own_looks import delays
from custodian import clock


class _Delay:
    action = Action.LOOK_DELAY_APPROVE
    label = _("延后向客户显示")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:look_delay", args=[payload["ref"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        return delays.targets(dict(payload))

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        delay = DelayedLook.objects.select_related("operator").get(ref=payload["ref"])
        return [
            *which(payload),
            (_("延后至"), [moment(payload["until"])]),
            (_("理由"), [delays.reason_of(delay)]),
            (_("后果"), [_("到期或放行之前，所涉客户看不到这些查看；之后显示，并注明因调查延后")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        delay = DelayedLook.objects.select_for_update(of=("self",)).get(approval=approval)
        if delays.content(delay) != approval.payload:
            raise ContentChanged
        delays.DELAY.move(delay, "open")

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        delays.DELAY.move(DelayedLook.objects.get(approval=approval), "return")


def which(payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
    """What is kept back, in words."""
    if payload["entry"] is not None:
        return [(_("条目"), [f"#{payload['entry']:,}"])]
    person = User.objects.select_related("unit").get(ref=payload["operator"])
    period = f"{moment(payload['since'])} – {moment(payload['looks-until'])}"
    return [(_("操作人"), [f"{person} · {person.unit}"]), (_("期间的全部查看"), [period])]


def moment(text: str) -> str:
    return f"{clock.local(datetime.fromisoformat(text)):%Y-%m-%d %H:%M}"


approvals.register(delays.KIND, _Delay())
