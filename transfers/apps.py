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
        _ledger()


def _partners() -> None:
    from access import ports, rechecking
    from records.destruction import stores
    from records.holders import SIGNERS
    from records.ports import register_answering, register_partners
    from records.storage import checks_files
    from transfers import (  # noqa: F401
        agreement_admin,
        assessing,
        identity,
        morning,
        own_records,
        partner_admin,
        share_admin,
        telling_admin,
    )
    from transfers.agreements import approving
    from transfers.answering_now import Answering
    from transfers.destroying import PartnerStore
    from transfers.models import Share
    from transfers.shares import bearing, proposing
    from transfers.shares.shelf import SHELF
    from transfers.telling_customers import Partners
    from transfers.tellings import opening, receipts  # noqa: F401

    SIGNERS[identity.KEY] = _("身份卡与业务转让")
    rechecking.sources += [identity.altered, approving.altered, proposing.altered]
    opening.listen()
    assessing.ready()
    own_records.ready()
    stores.register(PartnerStore())
    checks_files.register(SHELF, Share)
    register_partners(Partners())
    register_answering(Answering())
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
    from transfers import hand_over_board, handing_over, legacy, receipts, receiving  # noqa: F401
    from transfers.events import transfer_ended, transfer_stopped
    from transfers.models import Arrival, HandOver
    from transfers.packages import shelf
    from transfers.packages.errors import REASONS
    from transfers.receipts import giving_up

    checks_files.register(shelf.OUT, HandOver)
    checks_files.register(shelf.IN, Arrival)
    reasons.tell({f"package-{code}": words for code, words in REASONS.items()})
    hand_over_board.ready()
    for signal in (transfer_ended, transfer_stopped):
        signal.connect(_forget_lists, dispatch_uid="transfer-lists")
    transfer_stopped.connect(giving_up.carry_out, dispatch_uid="transfer-packages")


def _forget_lists(transfer: Transfer, **_kwargs: object) -> None:
    from transfers.legacy import sealing

    sealing.forget(transfer)


def _ledger() -> None:
    from access import ports
    from records.holders import SIGNERS
    from transfers.events import transfer_carried_out, transfer_settled, transfer_stopped
    from transfers.ledger import comparing, keeping, sheets

    SIGNERS[sheets.KEY] = _("转让台账")
    ports.register_ledger(comparing.Ledger())
    for signal in (transfer_settled, transfer_carried_out, transfer_stopped):
        signal.connect(keeping.soon, dispatch_uid="transfer-ledger")
