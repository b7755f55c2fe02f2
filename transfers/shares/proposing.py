"""Asking that something is given to a partner: it is frozen, and somebody else says yes to just that."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from uuid import UUID, uuid4

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, keystore
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.exports.approving import element_words
from access.exports.fingerprint import set_digest
from access.models import Approval
from access.vocabulary import Channel, Purpose
from custodian import clock
from custodian.errors import CustodianError
from custodian.jobs import JOB, JobStatus, wake
from transfers import assessing
from transfers.agreements.approving import is_as_agreed
from transfers.agreements.terms import Terms
from transfers.models import Agreement, Share
from transfers.shares.selecting import Choice, OutsideAgreement, candidates_of
from transfers.shares.shelf import SHELF

KIND: Final = "partner-share"
FASTEST: Final = 600  # requests a minute; a company default


class NotRunning(CustodianError):
    """There is no agreement in force, as two people agreed to it, under which anything may be given."""

    code = "share-without-agreement"
    status = 409
    message = _("协议没有生效、已经结束或被人绕过系统改动，不能提供")


class Nobody(CustodianError):
    """Nobody is left in what was chosen."""

    code = "share-of-none"
    status = 422
    message = _("其中没有可提供的客户，请另选")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What is to be given; `expires_at` is a moment, never after the agreement's end."""

    form: str
    elements: Sequence[str]
    choice: Choice
    reason: str
    expires_at: datetime
    format: str = "csv"
    language: str = "zh-hans"
    rate: int = 60
    networks: Sequence[str] = ()


def propose(agreement: Agreement, asked: Asked, *, actor: Actor) -> Share:
    """Ask for a share; raises `NotRunning`, `NotAssessed`, `OutsideAgreement`, `TooMany`, `Nobody`, …"""
    if not actor.stepped_up and gate.may(actor, Action.SHARE_PROPOSE):
        gate.refuse(actor, Action.SHARE_PROPOSE, because="step-up-not-covered", channel="admin")
    require(agreement)
    require_assessed(agreement)
    terms, over = Terms.read(agreement.terms or {}), agreement.over_at
    outside = set(asked.elements) - set(terms.elements)
    late = over is None or not clock.now() < asked.expires_at <= over
    if outside or late or not asked.elements or not 0 < asked.rate <= FASTEST:
        raise OutsideAgreement
    candidates = candidates_of(terms, asked.choice, actor=actor)
    if not candidates:
        raise Nobody
    ref = uuid4()
    share = Share(
        ref=ref,
        agreement=agreement,
        form=Share.Form(asked.form).value,
        purpose=terms.purpose,
        reason=asked.reason,
        elements=[code for code in terms.elements if code in asked.elements],
        scope=asked.choice.written(),
        candidates=candidates,
        expires_at=asked.expires_at,
        requested_by_id=actors.person(actor),
        format=asked.format,
        language=asked.language,
        holding=keystore.named_holding(SHELF.holding(ref)),
        rate=asked.rate,
        networks=[str(ipaddress.ip_network(each)) for each in asked.networks],
    )
    payload = content(share)
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.SHARE_PROPOSE,
            channel=Channel.ADMIN,
            purpose=share.purpose,
            facts={
                "share": share.code,
                "agreement": agreement.code,
                "digest": approvals.digest_of(KIND, payload),
                "elements": share.elements,
                "subjects": len(candidates),
            },
            reason=asked.reason,
        )
        share.approval = approvals.request(KIND, payload, actor=actor)
        share.save()
    return share


def require(agreement: Agreement) -> None:
    """Raises `NotRunning` unless the agreement is in force and says what was agreed to."""
    if not agreement.is_running or not is_as_agreed(agreement):
        raise NotRunning


def require_assessed(agreement: Agreement) -> None:
    """Before anything new is given; what runs is not cut off by a day. Raises `NotAssessed`."""
    assessing.require(assessing.of_agreement(agreement, Terms.read(agreement.terms or {})))


def content(share: Share) -> dict[str, Any]:
    """All that is approved; the customers by their number and the hash of their set."""
    return {
        "share": share.code,
        "ref": str(share.ref),
        "agreement": share.agreement.code,
        "form": share.form,
        "purpose": share.purpose,
        "reason": share.reason,
        "elements": list(share.elements),
        "scope": share.scope,
        "count": len(share.candidates),
        "set": set_digest(share.candidates),
        "until": share.expires_at.astimezone(UTC).isoformat(),
        "format": share.format,
        "rate": share.rate,
        "networks": list(share.networks),
    }


def is_as_approved(share: Share) -> bool:
    """Whether what is given is what was approved, and the approval is as the product left it."""
    approval = share.approval
    return (
        approval.status == approvals.Status.APPROVED
        and approval.digest == approvals.digest_of(KIND, content(share))
        and approvals.is_as_left(approval)
    )


def altered() -> Iterator[Approval]:
    """Approvals whose share is something else than was approved, or went to somebody who was not in it."""
    rows = Share.objects.filter(approved_at__isnull=False)
    for share in rows.select_related("approval", "agreement").iterator(chunk_size=100):
        beyond = set(share.included or ()) - set(share.candidates)
        if beyond or not is_as_approved(share):
            yield share.approval


class _Kind:
    action = Action.SHARE_APPROVE
    label = _("向合作方提供")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:share", args=[payload["ref"]])

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        """Customers are nobody's colleagues, and a partner is another company."""
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        agreement = Agreement.objects.select_related("counterparty").get(code=payload["agreement"])
        until = clock.local(datetime.fromisoformat(payload["until"]))
        chosen = [code for codes in payload["scope"].values() for code in codes]
        rows: list[tuple[Any, Sequence[Any]]] = [
            (_("提供编号"), [payload["share"]]),
            (_("合作方"), [f"{agreement.counterparty} {agreement.counterparty.code}"]),
            (_("协议编号"), [f"{agreement.code} · {agreement.title}"]),
            (_("方式"), [Share.Form(payload["form"]).label]),
            (_("信息项"), [element_words(code) for code in payload["elements"]]),
            (_("客户范围"), chosen or [_("协议范围内的全部客户")]),
            (_("客户数"), [f"{payload['count']:,}"]),
            (_("客户集合指纹"), [payload["set"][:24]]),
            (_("用途"), [dict(Purpose.choices).get(payload["purpose"], payload["purpose"])]),
            (_("理由"), [payload["reason"]]),
            (_("有效至"), [f"{until:%Y-%m-%d %H:%M}"]),
        ]
        if payload["form"] == Share.Form.API:
            rows.append((_("每分钟请求数"), [payload["rate"]]))
            rows.append((_("网段"), payload["networks"] or [_("不限")]))
        return rows

    def start(self, approval: Approval, *, actor: Actor) -> None:
        rows = Share.objects.select_for_update(of=("self",)).select_related("agreement")
        share = rows.get(approval=approval)
        if content(share) != approval.payload:
            raise ContentChanged
        require(share.agreement)
        require_assessed(share.agreement)
        now = clock.now()
        if share.form == Share.Form.API:
            Share.objects.filter(pk=share.pk).update(
                approved_at=now, status=JobStatus.DONE, finished_at=now
            )
            return
        Share.objects.filter(pk=share.pk).update(approved_at=now)
        from transfers.tasks import build_share  # the task leads back here

        wake(build_share, share.pk)

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        JOB.move(Share.objects.get(approval=approval), "refuse")


approvals.register(KIND, _Kind())
