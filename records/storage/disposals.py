"""Media and devices that are destroyed: proposed by one person with proof, witnessed by another one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from records.models import Disposal, StoragePlace
from records.storage.places import BY_HAND, OutOfUse

KIND: Final = "media-disposal"
SHA256: Final = re.compile("[0-9a-f]{64}")


class DisposalPending(CustodianError):
    """Another disposal of the same place waits for its witness."""

    code = "disposal-pending"
    status = 409
    message = _("此介质已提出销毁，待另一人见证")


class NoProof(CustodianError):
    """Neither the number of a certificate nor the hash of a file."""

    code = "disposal-without-proof"
    status = 422
    message = _("请填写证书编号，或证明文件的摘要")


class BadProof(CustodianError):
    """What should be the hash of a file cannot be one."""

    code = "disposal-proof-malformed"
    status = 422
    message = _("请填 64 位十六进制的 SHA-256")


def propose(
    place: StoragePlace,
    *,
    method: str,
    done_on: date,
    certificate: str = "",
    proof_sha256: str = "",
    actor: Actor,
) -> Disposal:
    """Put a disposal up for its witness; of a proof that is a file only the hash is kept.

    Raises `NoProof`, `BadProof`, `DisposalPending`, `OutOfUse`.
    """
    if not certificate and not proof_sha256:
        raise NoProof
    if proof_sha256 and not SHA256.fullmatch(proof_sha256):
        raise BadProof
    with transaction.atomic():
        held = StoragePlace.objects.select_for_update().get(pk=place.pk)
        if held.disposed_at is not None or held.kind not in BY_HAND:
            raise OutOfUse
        if waiting(held) is not None:
            raise DisposalPending
        disposal = Disposal(
            place=held,
            method=method,
            done_on=done_on,
            certificate=certificate,
            proof_sha256=proof_sha256,
            proposed_by_id=actors.person(actor),
        )
        payload = disposal.content()
        gate.authorise(
            actor,
            Action.MEDIA_DISPOSAL_PROPOSE,
            channel=Channel.ADMIN,
            facts={"place": str(held.ref), "digest": approvals.digest_of(KIND, payload)},
        )
        disposal.approval = approvals.request(KIND, payload, actor=actor)
        disposal.save()
    return disposal


def waiting(place: StoragePlace) -> Disposal | None:
    return place.disposals.filter(approval__status=Approval.Status.WAITING).first()


class _Kind:
    action = Action.MEDIA_DISPOSAL_APPROVE
    label = _("介质销毁")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:storage_place", args=[payload["place"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        place = StoragePlace.objects.get(ref=payload["place"])
        return [
            (_("介质"), [f"{place} · {place.get_kind_display()}"]),
            (_("位置"), [place.location or "—"]),
            (_("存放内容"), [place.holds or "—"]),
            (_("销毁方式"), [Disposal.Method(payload["method"]).label]),
            (_("销毁日期"), [payload["done_on"]]),
            (_("证书编号"), [payload["certificate"] or "—"]),
            (_("证明文件的摘要"), [payload["proof"] or "—"]),
            (_("批准即证明"), [_("您亲眼看到它被销毁")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        disposal = Disposal.objects.select_related("place").get(approval=approval)
        place = StoragePlace.objects.select_for_update().get(pk=disposal.place_id)
        if disposal.content() != approval.payload or place.disposed_at is not None:
            raise ContentChanged
        disposal.witness_id, disposal.decided_at = actors.person(actor), clock.now()
        disposal.save(update_fields=["witness", "decided_at"])
        place.disposed_at = disposal.decided_at
        place.save(update_fields=["disposed_at"])

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        Disposal.objects.filter(approval=approval).update(decided_at=clock.now())


approvals.register(KIND, _Kind())
