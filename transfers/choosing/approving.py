"""A selection goes through four eyes: over the rule, the counts, and every customer that they are made of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from transfers.choosing import rules
from transfers.choosing.selecting import SELECTION, Stage, counted, require_open
from transfers.models import Chosen, Reason, Selection

KIND: Final = "transfer-selection"
_PAGE: Final = 5_000


class NobodyMoves(CustodianError):
    """No customer is left who could move."""

    code = "nobody-moves"
    status = 409
    message = _("按此规则没有可以转让的客户")


def submit(selection: Selection, *, actor: Actor) -> Approval:
    """Put it up. Raises `NobodyMoves`, `NotOurs`, `IllegalMove`."""
    require_open(selection.transfer)
    with transaction.atomic():
        held = Selection.objects.select_for_update(of=("self",)).get(pk=selection.pk)
        held.digest, held.counts = digest(held), counted(held.transfer)
        payload = content(held)
        if not held.counts["moving"]:
            raise NobodyMoves
        facts = {
            "transfer": held.transfer.code,
            "selection": str(held.ref),
            "digest": approvals.digest_of(KIND, payload),
        }
        gate.authorise(actor, Action.SELECTION_PROPOSE, channel=Channel.ADMIN, facts=facts)
        approval = approvals.request(KIND, payload, actor=actor)
        changes = {"approval": approval, "digest": held.digest, "counts": held.counts}
        SELECTION.move(held, "submit", changes)
    selection.refresh_from_db()
    return approval


def digest(selection: Selection) -> str:
    """SHA-256 over every customer in order: together with whom, whether she moves, and why not."""
    whole, after = hashlib.sha256(), 0
    rows = Chosen.objects.filter(transfer=selection.transfer_id).order_by("subject_id")
    columns = ("subject_id", "component", "state", "reason")
    while page := list(rows.filter(subject_id__gt=after).values_list(*columns)[:_PAGE]):
        for row in page:
            whole.update(json.dumps(row).encode() + b"\n")
        after = page[-1][0]
    return whole.hexdigest()


def content(selection: Selection) -> dict[str, Any]:
    return {
        "transfer": selection.transfer.code,
        "book": selection.transfer.book.code if selection.transfer.book else "",
        "selection": str(selection.ref),
        "rule": selection.rule,
        "counts": selection.counts,
        "digest": selection.digest,
    }


class _Kind:
    action = Action.SELECTION_APPROVE
    label = _("转让客户的选定")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:transfer_selection", args=[payload["transfer"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """A selection is about customers, and none of the staff."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        counts = payload["counts"]
        staying = [f"{Reason(code).label} {n:,}" for code, n in counts["staying"].items()]
        return [
            (_("业务转让"), [payload["transfer"]]),
            (_("账册"), [payload["book"]]),
            *rules.in_words(payload["rule"]),
            (_("随转客户"), [f"{counts['moving']:,}"]),
            (_("随转保单"), [f"{counts['policies']:,}"]),
            (_("不随转"), staying or ["0"]),
            (_("内容指纹"), [payload["digest"][:24]]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        selection = Selection.objects.select_for_update(of=("self",)).get(approval=approval)
        # Somebody may have been barred, or have objected, since it was put up.
        if content(selection) != approval.payload or selection.digest != digest(selection):
            raise ContentChanged
        SELECTION.move(selection, "approve", {"approved_at": clock.now()})

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        SELECTION.move(Selection.objects.get(approval=approval), "return")


def altered() -> Sequence[Approval]:
    """Of selections whose rule or counts are not what was approved."""
    rows = Selection.objects.filter(stage__in=[Stage.WAITING, Stage.APPROVED])
    return [
        each.approval
        for each in rows.select_related("approval", "transfer__book")
        if each.approval is not None and content(each) != each.approval.payload
    ]


approvals.register(KIND, _Kind())
