"""Transfers: data that leaves or arrives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from transfers.models import Transfer


class TransfersConfig(AppConfig):
    name = "transfers"
    verbose_name = _("业务转让")

    def ready(self) -> None:
        """Each capability brings its approvals, checks and places of data."""
        _partners()
        _routes()
        _data_room()
        _who_moves()
        _packages()


def _partners() -> None:
    from access import ports, rechecking
    from records.destruction import stores
    from records.holders import SIGNERS
    from records.ports import register_partners
    from records.storage import checks_files
    from transfers import (  # noqa: F401
        agreement_admin,
        identity,
        morning,
        own_records,
        partner_admin,
        share_admin,
        telling_admin,
    )
    from transfers.agreements import approving
    from transfers.destroying import PartnerStore
    from transfers.models import Share
    from transfers.shares import bearing, proposing
    from transfers.shares.shelf import SHELF
    from transfers.telling_customers import Partners
    from transfers.tellings import opening, receipts  # noqa: F401

    SIGNERS[identity.KEY] = _("身份卡与业务转让")
    rechecking.sources += [identity.altered, approving.altered, proposing.altered]
    opening.listen()
    own_records.ready()
    stores.register(PartnerStore())
    checks_files.register(SHELF, Share)
    register_partners(Partners())
    ports.register_bearers(bearing.Bearers())


def _routes() -> None:
    from records.storage import checks_files
    from transfers import announcing, papers, progress, sellers_side, sight  # noqa: F401
    from transfers.events import transfer_ended, transfer_stopped
    from transfers.models import TransferPaper

    sellers_side.ready()
    checks_files.register(papers.SHELF, TransferPaper)
    for signal in (transfer_ended, transfer_stopped):
        signal.connect(announcing.over, dispatch_uid="transfer-announcement")


def _data_room() -> None:
    from access import rechecking
    from records.destruction import stores
    from records.storage import checks_files
    from transfers.data_room import approving, cell
    from transfers.data_room.shelf import SHELF
    from transfers.data_room.store import DataRoomStore
    from transfers.models import DataRoom

    approving.ready()
    cell.ready()
    rechecking.sources.append(approving.altered)
    stores.register(DataRoomStore())
    checks_files.register(SHELF, DataRoom)


def _who_moves() -> None:
    from access import rechecking
    from transfers import freezing  # noqa: F401
    from transfers.choosing import approving
    from transfers.events import transfer_ended, transfer_stopped
    from transfers.letters import closing, drafting  # noqa: F401

    rechecking.sources += [approving.altered, drafting.altered]
    for signal in (transfer_ended, transfer_stopped):
        signal.connect(_forget_sums, dispatch_uid="transfer-sums")


def _forget_sums(transfer: Transfer, **_kwargs: object) -> None:
    from transfers import freezing

    freezing.forget(transfer)


def _packages() -> None:
    from access import reasons
    from records.storage import checks_files
    from transfers import hand_over_board, handing_over, receipts, receiving  # noqa: F401
    from transfers.models import Arrival, HandOver
    from transfers.packages import shelf
    from transfers.packages.errors import REASONS

    checks_files.register(shelf.OUT, HandOver)
    checks_files.register(shelf.IN, Arrival)
    reasons.tell({f"package-{code}": words for code, words in REASONS.items()})
    hand_over_board.ready()
