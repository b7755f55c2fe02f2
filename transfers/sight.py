"""Letting a supervisor see a transfer: through a case of hers, by four eyes, while the case is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import approvals, gate, proposals
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval, Case
from access.vocabulary import Channel
from custodian.errors import CustodianError
from transfers.models import Transfer, TransferSight

KIND: Final = "transfer-sight"


class Known(CustodianError):
    """The case sees it already, is not open, or somebody has asked for it."""

    code = "transfer-sight-known"
    status = 409
    message = _("该案件已能看到这项转让、未开放，或申请正在等待复核")


def ask(transfer: Transfer, case: Case, *, actor: Actor) -> Approval:
    """Raises `Known`."""
    payload = {"transfer": transfer.code, "case": case.ref}
    with transaction.atomic():
        Transfer.objects.select_for_update().get(pk=transfer.pk)
        waits = proposals.waiting(KIND, transfer=transfer.code, case=case.ref)
        sees = TransferSight.objects.filter(transfer=transfer, case=case).exists()
        if waits is not None or sees or not Case.objects.open().filter(pk=case.pk).exists():
            raise Known
        facts = {"transfer": transfer.code, "case": case.ref}
        gate.authorise(actor, Action.TRANSFER_OPEN, channel=Channel.ADMIN, facts=facts)
        return approvals.request(KIND, payload, actor=actor)


def visible_to(actor: Actor) -> QuerySet[Transfer]:
    """What the guest of an open case may see."""
    cases = Case.objects.open().visible_to(actor)
    seen = TransferSight.objects.filter(case__in=cases)
    return Transfer.objects.filter(pk__in=seen.values("transfer"))


class _Kind:
    action = Action.TRANSFER_APPROVE
    label = _("监管可见的转让")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:transfer_board", args=[payload["transfer"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """Whoever is a guest of the case."""
        guests = Case.objects.filter(ref=payload["case"]).values_list("guests__ref", flat=True)
        return frozenset(each for each in guests if each)

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        case = Case.objects.get(ref=payload["case"])
        guests = [str(each) for each in case.guests.order_by("staff_no")]
        return [
            (_("业务转让"), [payload["transfer"]]),
            (_("案件"), [f"{case.ref} {case.title}", case.office]),
            (_("可见的人"), guests or ["—"]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        said = approval.payload
        case = Case.objects.open().filter(ref=said["case"]).first()
        if case is None:
            raise ContentChanged
        transfer = Transfer.objects.get(code=said["transfer"])
        TransferSight.objects.create(transfer=transfer, case=case, approval=approval)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        """Nothing was begun."""


approvals.register(KIND, _Kind())
