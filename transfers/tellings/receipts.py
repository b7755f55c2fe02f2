"""What shows that a partner has a correction: its signature, its token, or a paper that two people saw."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock, elements, failpoints
from custodian.crypto import signing
from custodian.errors import CustodianError
from custodian.tlog.verify import canonical
from custodian.workflow import IllegalMove, Workflow
from transfers import identity
from transfers.agreements import papers
from transfers.agreements.papers import Drawn
from transfers.models import AgreementPaper, Counterparty, Telling
from transfers.shares.jobs import SYSTEM

KIND: Final = "partner-receipt"
DOMAIN: Final = "custodian correction receipt 1"
Status, Receipt = Telling.Status, Telling.Receipt
TELLING: Final = Workflow(
    {"confirm": (frozenset({Status.SENT.value}), Status.CONFIRMED.value)}
)  # fmt: skip


class NotTold(CustodianError):
    """The correction was not told yet, or its receipt is there already."""

    code = "telling-not-sent"
    status = 409
    message = _("这项更正还没有告知，或已有回执，请看最新的状态")


class BadReceipt(CustodianError):
    """The receipt is about another value, or its signature is missing or not the partner's."""

    code = "receipt-bad"
    status = 422
    message = _("回执与所告知的内容不符，或签名缺失、无效")


def message_of(telling: Telling) -> bytes:
    """What a partner signs: which correction, and the fingerprint of the value that it was told."""
    return canonical({"mark": telling.mark, "ref": str(telling.ref)}).encode()


def confirm(telling: Telling, *, mark: str, signature: bytes, actor: Actor) -> Telling:
    """The partner's own receipt by interface. Where its key is confirmed nothing less than it counts.

    Raises `BadReceipt`, `NotTold`, `Refused`.
    """
    if telling.status == Status.CONFIRMED and telling.mark == mark:
        return telling  # said twice, heard once
    if telling.status != Status.SENT:
        raise NotTold
    kind = _proof(telling, mark=mark, signature=signature)
    with scopes.acting(actors.system(SYSTEM)), transaction.atomic():
        facts = {"correction": telling.correction, "did": f"receipt-{kind}"}
        gate.authorise(actor, Action.TELLING_CONFIRM, channel=Channel.API, facts=facts)
        changes = {
            "confirmed_at": clock.now(), "receipt": kind, "signature": signature or None,
        }  # fmt: skip
        _move(telling, changes)
        failpoints.hit("telling-confirmed")
    return telling


def _proof(telling: Telling, *, mark: str, signature: bytes) -> str:
    if mark != telling.mark:
        raise BadReceipt
    try:
        key = identity.key_of(telling.counterparty)
    except identity.NoConfirmedKey:
        return Receipt.TOKEN.value
    if not signing.verify(key, signature, message_of(telling), domain=DOMAIN):
        raise BadReceipt
    return Receipt.SIGNED.value


def enter(
    counterparty: Counterparty, refs: Sequence[UUID], drawn: Drawn, *, actor: Actor
) -> Approval:  # fmt: skip
    """A paper receipt for several corrections, put up for the second person. Raises `NotTold`."""
    with transaction.atomic():
        held = list(
            Telling.objects.select_for_update(of=("self",))
            .filter(counterparty=counterparty, ref__in=refs, status=Status.SENT)
            .select_related("share__agreement", "approval")
            .order_by("pk")
        )
        waits = any(each.approval and each.approval.status == "waiting" for each in held)
        if not held or len(held) != len(set(refs)) or waits:
            raise NotTold
        paper = papers.file(
            held[0].share.agreement, drawn, kind=AgreementPaper.Kind.RECEIPT, actor=actor
        )
        payload = {
            "partner": str(counterparty.ref),
            "tellings": [str(each.ref) for each in held],
            "marks": [each.mark for each in held],
            "paper": str(paper.ref),
            "sha256": paper.sha256,
        }
        gate.authorise(
            actor,
            Action.TELLING_CONFIRM,
            channel=Channel.ADMIN,
            facts={"partner": counterparty.code, "digest": approvals.digest_of(KIND, payload)},
        )
        approval = approvals.request(KIND, payload, actor=actor)
        keys = [each.pk for each in held]
        Telling.objects.filter(pk__in=keys).update(paper=paper, approval=approval)
    return approval


class _Kind:
    action = Action.TELLING_APPROVE
    label = _("合作方的更正回执")

    def place(self, payload: Mapping[str, Any]) -> str:
        return reverse("admin:tellings")

    def targets(self, payload: Mapping[str, Any]) -> frozenset[UUID]:
        return frozenset()

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        party = Counterparty.objects.get(ref=payload["partner"])
        rows = Telling.objects.filter(ref__in=payload["tellings"])
        paper = AgreementPaper.objects.filter(ref=payload["paper"]).defer("body").first()
        return [
            (_("合作方"), [f"{party} {party.code}"]),
            (_("更正"), [f"{t.correction} · {elements.get(t.element).label}" for t in rows]),
            (_("文件"), [f"{paper.name} ({paper.sha256[:12]})" if paper else "—"]),
            (_("批准即证明"), [_("您打开过这份回执，它写明了上面的每一项")]),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        payload, now = approval.payload, clock.now()
        held = list(Telling.objects.select_for_update(of=("self",)).filter(approval=approval))
        marks = {str(each.ref): each.mark for each in held}
        if marks != dict(zip(payload["tellings"], payload["marks"], strict=True)):
            raise ContentChanged
        for each in held:
            _move(each, {"confirmed_at": now, "receipt": Receipt.PAPER.value})

    def drop(self, approval: Approval, *, actor: Actor) -> None:
        Telling.objects.filter(approval=approval).update(approval=None, paper=None)


def _move(telling: Telling, changes: Mapping[str, Any]) -> None:
    try:
        TELLING.move(telling, "confirm", changes)
    except IllegalMove:
        raise NotTold from None


approvals.register(KIND, _Kind())
