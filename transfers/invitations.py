"""The buyer's one-time keys: made for a transfer, given to the seller on a signed paper, gone at its end.

A package that somebody kept on its way opens for nobody once the key is gone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import transaction

from access import gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from transfers import faults, identity, signed
from transfers.models import Invitation, Transfer
from transfers.packages import one_time
from transfers.packages.layout import SUITE
from transfers.packages.recipient import OwnKey, Recipient
from transfers.signed import BadPaper

KIND: Final = "custodian hand-over invitation 1"
LASTS: Final = timedelta(days=30)  # company default


@dataclass(frozen=True)
class Said:
    """What an invitation says."""

    transfer: UUID
    seller: str
    buyer: str
    recipient: Recipient
    made_at: datetime
    valid_until: datetime


def make(transfer: Transfer, *, channel: str = Channel.ADMIN, actor: Actor) -> Invitation:
    """A new one-time key of ours for a book that comes in."""
    private = OwnKey.draw()
    public = OwnKey(private).public
    with transaction.atomic():
        held = one_time.hold(private)
        _authorise(transfer, public, channel, actor)
        return Invitation.objects.create(
            transfer=transfer,
            key=public.key_id,
            public=public.raw,
            valid_until=clock.now() + LASTS,
            made_by_id=actor.id,
            holding=held.holding,
            private_sealed=held.sealed,
        )


def paper(invitation: Invitation) -> bytes:
    """The signed file for the seller."""
    return signed.write(
        KIND,
        {
            "transfer": str(invitation.transfer.ref),
            "seller": identity.insurer_of(invitation.transfer.counterparty),
            "buyer": settings.CUSTODIAN_INSURER,
            "suite": SUITE,
            "key": bytes(invitation.public).hex(),
            "made_at": invitation.made_at.isoformat(),
            "valid_until": invitation.valid_until.isoformat(),
        },
        key=identity.own_key(),
    )


def read(content: bytes, *, transfer: Transfer) -> Said:
    """Raises `BadPaper` for what the counterparty did not sign, `NoConfirmedKey`."""
    said = signed.read(KIND, content, key=identity.key_of(transfer.counterparty))
    try:
        found = Said(
            UUID(said["transfer"]),
            str(said["seller"]),
            str(said["buyer"]),
            Recipient(bytes.fromhex(said["key"])),
            datetime.fromisoformat(said["made_at"]),
            datetime.fromisoformat(said["valid_until"]),
        )
    except (ValueError, KeyError, TypeError):
        raise BadPaper from None
    if said.get("suite") != SUITE or found.valid_until.tzinfo is None:
        raise BadPaper
    return found


def enter(
    transfer: Transfer, content: bytes, *, channel: str = Channel.ADMIN, actor: Actor
) -> Invitation:
    """The seller takes the buyer's invitation in. Raises `BadPaper`, `NoConfirmedKey`."""
    with faults.telling_of(transfer, "invitation", sha256(content).hexdigest()):
        said = read(content, transfer=transfer)
        buyer = identity.insurer_of(transfer.counterparty)
        meant = (transfer.ref, settings.CUSTODIAN_INSURER, buyer)
        if (said.transfer, said.seller, said.buyer) != meant or said.valid_until <= clock.now():
            raise BadPaper
    with transaction.atomic():
        _authorise(transfer, said.recipient, channel, actor)
        found, _made = Invitation.objects.get_or_create(
            transfer=transfer,
            key=said.recipient.key_id,
            defaults={
                "public": said.recipient.raw,
                "made_at": said.made_at,
                "valid_until": said.valid_until,
                "made_by_id": actor.id,
            },
        )
    return found


def own_key(invitation: Invitation) -> OwnKey:
    """The private half. Raises `NoKey` once it is gone."""
    return OwnKey(one_time.release(invitation.holding, invitation.private_sealed))


def end(invitation: Invitation) -> None:
    """Destroy the private half; what was sealed to it opens no more. Twice is as once."""
    with transaction.atomic():
        rows = Invitation.objects.filter(pk=invitation.pk, ended_at=None)
        if rows.update(private_sealed=None, ended_at=clock.now()):
            one_time.forget(invitation.holding)


def _authorise(transfer: Transfer, key: Recipient, channel: str, actor: Actor) -> None:
    gate.authorise(
        actor,
        Action.TRANSFER_INVITE,
        channel=channel,
        facts={"transfer": transfer.code, "handover-key": key.key_id},
    )
