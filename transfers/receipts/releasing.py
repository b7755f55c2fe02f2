"""The seller's two let the customers go from a moment on, and from that moment the other insurer answers.

The moment lies in the future and stands in the paper that both keep, so there is never nobody and never two:
whatever is delayed on its way, both read the same register.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from access import actors, approvals, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.approvals import ContentChanged
from access.models import Approval
from access.vocabulary import Channel
from custodian import clock
from custodian.errors import CustodianError
from transfers import faults, four_eyes, identity
from transfers.events import transfer_settled
from transfers.models import Receipt, Transfer
from transfers.receipts import papers, sent
from transfers.receiving import files

KIND: Final = "book-release"
SOONEST: Final = timedelta(hours=1)  # company default: the paper needs its way


class TooSoon(CustodianError):
    """The moment has to lie ahead, so that the paper arrives before it."""

    code = "release-too-soon"
    status = 422
    message = _("交接时点至少要在一小时之后")


class NotAccepted(CustodianError):
    """The buyer has not accepted yet, or the release is signed already."""

    code = "not-accepted"
    status = 409
    message = _("接收方还没有确认，或者已经办理")


def ask(transfer: Transfer, *, live_at: datetime, actor: Actor) -> Approval:
    """The first of the seller's two. Raises `TooSoon`, `NotAccepted`, `Pending`."""
    if live_at < clock.now() + SOONEST:
        raise TooSoon
    receipt = Receipt.objects.filter(transfer=transfer, live_at=None).first()
    if receipt is None or transfer.side != Transfer.Side.SELLER:
        raise NotAccepted
    payload = {
        "acceptance": sha256(bytes(receipt.acceptance)).hexdigest(),
        "live_at": live_at.isoformat(),
        "lines": sent.lines(transfer),
    }
    return four_eyes.ask(KIND, transfer, payload, action=Action.TRANSFER_ORDER, actor=actor)


class _Kind(four_eyes.Decision):
    label = _("确认转出并定交接时点")

    def describe(self, payload: Mapping[str, Any]) -> list[tuple[Any, Sequence[Any]]]:
        transfer = self.transfer(payload)
        moment = clock.local(datetime.fromisoformat(payload["live_at"]))
        return [
            (_("业务转让"), [f"{transfer.code} {transfer.title}"]),
            (_("接收方"), [transfer.counterparty.name]),
            (_("客户"), [str(payload["lines"].get("customers", 0))]),
            (_("交接时点"), [f"{moment:%Y-%m-%d %H:%M}"]),
            (
                _("批准即确认"),
                [_("自该时点起由接收方负责；本公司的副本只存不用，法律不要求保存的随后销毁")],
            ),
        ]

    def start(self, approval: Approval, *, actor: Actor) -> None:
        transfer, said = self.held(approval), approval.payload
        receipt = Receipt.objects.select_for_update().get(transfer=transfer)
        live_at, now = datetime.fromisoformat(said["live_at"]), clock.now()
        same = sha256(bytes(receipt.acceptance)).hexdigest() == said["acceptance"]
        if not same or receipt.live_at is not None or live_at <= now:
            raise ContentChanged
        paper = papers.release(transfer, bytes(receipt.acceptance), live_at=live_at, at=now)
        Receipt.objects.filter(pk=receipt.pk).update(
            release=paper, released_at=now, release_approval=approval, live_at=live_at
        )
        pass_on(transfer, since=live_at)


def enter(
    transfer: Transfer, content: bytes, *, channel: str = Channel.ADMIN, actor: Actor
) -> Receipt:
    """The buyer takes it in; the same once more changes nothing. Raises `BadPaper`, `NotAccepted`."""
    digest = sha256(content).hexdigest()
    with faults.telling_of(transfer, "release", digest), transaction.atomic():
        receipt = Receipt.objects.select_for_update().filter(transfer=transfer).first()
        if receipt is None or transfer.side != Transfer.Side.BUYER:
            raise NotAccepted
        said = papers.read_release(transfer, content, acceptance=bytes(receipt.acceptance))
        if receipt.live_at is not None:
            if bytes(receipt.release) != content:
                raise NotAccepted
            return receipt
        gate.authorise(
            actor,
            Action.TRANSFER_ARRIVE,
            channel=channel,
            facts={"transfer": transfer.code, "release": digest},
        )
        Receipt.objects.filter(pk=receipt.pk).update(release=content, **said)
        pass_on(transfer, since=said["live_at"])
    receipt.refresh_from_db()
    return receipt


def pass_on(transfer: Transfer, *, since: datetime) -> int:
    """Write into the register who answers from that moment on, for everybody who moves."""
    other = identity.code_of(transfer.counterparty)
    own = settings.CUSTODIAN_INSURER
    sells = transfer.side == Transfer.Side.SELLER
    before, after = (own, other) if sells else (other, own)
    said: dict[str, Any] = {
        "transfer": transfer.pk,
        "before": before,
        "after": after,
        "since": since,
        "ref": transfer.ref,
    }
    filed = not sells and files.from_files(transfer)
    actor = actors.system("hand-over" if sells else "receiver")
    with scopes.acting(actor), scopes.arrivals(), connection.cursor() as cursor:
        cursor.execute(_MOVING if sells else _FILED if filed else _ARRIVED, said)
        count = int(cursor.rowcount)
    transfer_settled.send(sender=Transfer, transfer=transfer)
    return count


_INTO: Final = (
    "INSERT INTO transfers_responsible (subject_id, transfer_id, before, after, since)"
    " SELECT t.subject_id, %(transfer)s, %(before)s, %(after)s, %(since)s"
)
_MOVING: Final = (
    _INTO + " FROM transfers_chosen t WHERE t.transfer_id = %(transfer)s AND t.state = 'in'"
)
_ARRIVED: Final = (
    _INTO + " FROM transfers_arrivedrecord t WHERE t.transfer_id = %(transfer)s AND t.current"
)
_FILED: Final = _INTO + " FROM access_arriving t WHERE t.arrival = %(ref)s"

approvals.register(KIND, _Kind())
