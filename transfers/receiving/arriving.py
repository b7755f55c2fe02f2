"""A package comes in: kept apart, its signature checked before a word is read, then whether it is meant.

Whatever is refused leaves nothing behind but one entry in the log.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from datetime import timedelta
from hashlib import file_digest
from pathlib import Path
from typing import IO, Final
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.conf import settings
from django.db import transaction

from access import gate
from access.actions import Action
from access.actors import Actor
from custodian import clock
from custodian.crypto import signing
from transfers import faults, identity, invitations
from transfers.letters import arrived
from transfers.models import Arrival, Invitation, Transfer
from transfers.packages import one_time, shelf
from transfers.packages.errors import PackageRefused
from transfers.packages.header import Header
from transfers.packages.reading import Package, verify
from transfers.receiving import files

SKEW: Final = timedelta(minutes=5)  # by which two insurers' clocks may differ
PIECE: Final = 1 << 20


def take(pieces: Iterable[bytes], *, channel: str, actor: Actor) -> Arrival:
    """Keep the file and register it, or refuse it with one entry. Raises `PackageRefused`, `Refused`."""
    kept, package = _keep(pieces), None
    try:
        with kept.open("rb") as file:
            package = verify(file, key_of=_signers().get)
        arrival = _register(package, kept, channel=channel, actor=actor)
    except PackageRefused as refused:
        _say_refused(refused, channel=channel, actor=actor)
        _tell(refused, kept, package)
        raise
    finally:
        kept.unlink(missing_ok=True)
    return arrival


def _keep(pieces: Iterable[bytes]) -> Path:
    """The very bytes that are checked, where nobody changes them any more."""
    path = shelf.path_of(shelf.IN, uuid4()).with_suffix(".arriving")
    with shelf.open_for_writing(path) as file:
        for piece in pieces:
            file.write(piece)
        file.flush()
        os.fsync(file.fileno())
    return path


def pieces_of(file: IO[bytes]) -> Iterable[bytes]:
    return iter(lambda: file.read(PIECE), b"")


def _signers() -> dict[str, Ed25519PublicKey]:
    """The confirmed keys of those from whom a book is expected, by their ids."""
    found = {}
    expected = Transfer.objects.filter(side=Transfer.Side.BUYER, status=Transfer.Status.OPEN)
    for transfer in expected.select_related("counterparty"):
        try:
            key = identity.key_of(transfer.counterparty)
        except identity.NoConfirmedKey:
            continue
        found[signing.key_id(key)] = key
    return found


def _register(package: Package, kept: Path, *, channel: str, actor: Actor) -> Arrival:
    header = package.header
    with transaction.atomic():
        transfer = _transfer_of(package)
        invitation = _invitation_of(header, transfer)
        _require_new(package, transfer)
        secret = package.secret(invitations.own_key(invitation))
        held = one_time.hold(secret)
        gate.authorise(
            actor,
            Action.TRANSFER_ARRIVE,
            channel=channel,
            facts={
                "transfer": transfer.code,
                "package": str(header.package),
                "package-root": package.trailer.root.hex(),
            },
        )
        arrival = Arrival.objects.create(
            transfer=transfer,
            invitation=invitation,
            package=header.package,
            number=header.number,
            content=header.content.value,
            header=header.said(),
            size=kept.stat().st_size,
            root=package.trailer.root.hex(),
            signature=package.trailer.signature,
            came_by_id=actor.id,
            holding=held.holding,
            secret_sealed=held.sealed,
        )
        arrived.begin(transfer, clock.now())
        # The last act: a row without its file is worse than a file without its row.
        kept.replace(shelf.path_of(shelf.IN, arrival.ref))
    return arrival


def _transfer_of(package: Package) -> Transfer:
    """The open transfer that it names, if it comes from that transfer's seller and is meant for us."""
    header = package.header
    rows = Transfer.objects.select_for_update(of=("self",)).select_related("counterparty")
    transfer = rows.filter(ref=header.transfer, side=Transfer.Side.BUYER).first()
    if transfer is None or header.buyer.code != settings.CUSTODIAN_INSURER:
        raise PackageRefused("wrong-recipient")
    seller = identity.key_of(transfer.counterparty)
    by = identity.insurer_of(transfer.counterparty)
    if signing.key_id(seller) != package.trailer.key_id or header.seller.code != by:
        raise PackageRefused("unknown-sender")
    if transfer.status != Transfer.Status.OPEN:
        raise PackageRefused("closed")
    if files.from_files(transfer):
        raise PackageRefused("from-files")
    return transfer


def _invitation_of(header: Header, transfer: Transfer) -> Invitation:
    now = clock.now()
    invitation = transfer.invitations.filter(key=header.recipient).first()
    if invitation is None:
        raise PackageRefused("wrong-recipient")
    if header.made_at > now + SKEW:
        raise PackageRefused("not-yet-valid")
    if header.valid_until <= now or invitation.valid_until <= now:
        raise PackageRefused("expired")
    if invitation.private_sealed is None:
        raise PackageRefused("key-gone")
    return invitation


def _require_new(package: Package, transfer: Transfer) -> None:
    header = package.header
    known = Arrival.objects.filter(package=header.package).first()
    if known is not None:
        same = known.root == package.trailer.root.hex()
        raise PackageRefused("again" if same else "replayed")
    arrived = transfer.arrivals.exclude(stage=Arrival.Stage.REFUSED).count()
    if header.number != arrived + 1:
        raise PackageRefused("wrong-order")


def _tell(refused: PackageRefused, kept: Path, package: Package | None) -> None:
    """The same file for the same reason is one matter, however often somebody tries it."""
    with kept.open("rb") as file:
        digest = file_digest(file, "sha256").hexdigest()
    transfer = None
    if package is not None:
        named = Transfer.objects.filter(ref=package.header.transfer, side=Transfer.Side.BUYER)
        transfer = named.first()
    faults.refused(refused.reason, digest, transfer=transfer, entry=refused.entry)


def _say_refused(refused: PackageRefused, *, channel: str, actor: Actor) -> None:
    try:
        gate.refuse(
            actor, Action.TRANSFER_ARRIVE, because=f"package-{refused.reason}", channel=channel
        )
    except gate.Refused as said:
        refused.entry = said.entry
