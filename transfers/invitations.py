"""The buyer's one-time keys: made for a transfer, given to the seller on a signed card, destroyed at its end.

A package that somebody kept on its way opens for nobody once the key is gone.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from access import actors, gate
from access.actions import Action
from access.actors import Actor
from access.vocabulary import Channel
from custodian import clock
from custodian.crypto import signing
from custodian.errors import CustodianError
from custodian.tlog.verify import canonical
from transfers import identity
from transfers.models import Invitation, Transfer
from transfers.packages import one_time
from transfers.packages.layout import SUITE
from transfers.packages.recipient import OwnKey, Recipient

FORMAT: Final = "custodian hand-over invitation 1"
DOMAIN: Final = "custodian hand-over invitation 1"
LASTS: Final = timedelta(days=30)  # company default
LARGEST: Final = 8_192
_TEXTS: Final = frozenset(
    {"format", "transfer", "seller", "buyer", "suite", "key", "made_at", "valid_until"}
)


class BadInvitation(CustodianError):
    """The file is no invitation of this counterparty to this transfer, or it is over."""

    code = "invitation-bad"
    status = 422
    message = _("这不是对方为这笔转让签发的有效接收邀请，请核对文件和有效期")


@dataclass(frozen=True)
class Card:
    """What an invitation says, its signature checked."""

    transfer: UUID
    seller: str
    buyer: str
    public: bytes
    made_at: datetime
    valid_until: datetime


def make(transfer: Transfer, *, actor: Actor) -> Invitation:
    """A new one-time key of ours for a book that comes in."""
    private = OwnKey.draw()
    public = OwnKey(private).public
    with transaction.atomic():
        held = one_time.hold(private)
        gate.authorise(
            actor,
            Action.TRANSFER_INVITE,
            channel=Channel.ADMIN.value,
            facts={"transfer": transfer.code, "key": public.key_id},
        )
        return Invitation.objects.create(
            transfer=transfer,
            key=public.key_id,
            public=public.raw,
            valid_until=clock.now() + LASTS,
            made_by_id=actors.person(actor) if actor.id else None,
            holding=held.holding,
            private_sealed=held.sealed,
        )


def card(invitation: Invitation) -> bytes:
    """The signed file for the seller."""
    said = {
        "format": FORMAT,
        "transfer": str(invitation.transfer.ref),
        "seller": identity.insurer_of(invitation.transfer.counterparty),
        "buyer": settings.CUSTODIAN_INSURER,
        "suite": SUITE,
        "key": base64.b64encode(bytes(invitation.public)).decode(),
        "made_at": invitation.made_at.isoformat(),
        "valid_until": invitation.valid_until.isoformat(),
    }
    signature = signing.sign(identity.own_key(), canonical(said).encode(), domain=DOMAIN)
    whole = {**said, "signature": signature.hex()}
    return (json.dumps(whole, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()


def read(content: bytes, *, key: Ed25519PublicKey) -> Card:
    """Raises `BadInvitation` for anything that this key did not sign, or that says something else."""
    if len(content) > LARGEST:
        raise BadInvitation
    try:
        said = json.loads(content)
        signature = bytes.fromhex(said.pop("signature"))
        held = signing.verify(key, signature, canonical(said).encode(), domain=DOMAIN)
        found = _card(said)
        Recipient(found.public)
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError, binascii.Error):
        raise BadInvitation from None
    meant = (said["format"], said["suite"]) == (FORMAT, SUITE)
    if not held or not meant or said.keys() != _TEXTS or found.valid_until.tzinfo is None:
        raise BadInvitation
    return found


def _card(said: dict[str, Any]) -> Card:
    return Card(
        UUID(said["transfer"]),
        str(said["seller"]),
        str(said["buyer"]),
        base64.b64decode(said["key"], validate=True),
        datetime.fromisoformat(said["made_at"]),
        datetime.fromisoformat(said["valid_until"]),
    )


def enter(transfer: Transfer, content: bytes, *, actor: Actor) -> Invitation:
    """The seller takes the buyer's invitation in. Raises `BadInvitation`, `NoConfirmedKey`."""
    said = read(content, key=identity.key_of(transfer.counterparty))
    buyer = identity.insurer_of(transfer.counterparty)
    meant = (transfer.ref, settings.CUSTODIAN_INSURER, buyer)
    if (said.transfer, said.seller, said.buyer) != meant or said.valid_until <= clock.now():
        raise BadInvitation
    recipient = Recipient(said.public)
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.TRANSFER_INVITE,
            channel=Channel.ADMIN.value,
            facts={"transfer": transfer.code, "key": recipient.key_id},
        )
        found, _made = Invitation.objects.get_or_create(
            transfer=transfer,
            key=recipient.key_id,
            defaults={
                "public": recipient.raw,
                "made_at": said.made_at,
                "valid_until": said.valid_until,
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
