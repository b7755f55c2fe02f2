"""Transfers: data that leaves or arrives."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransfersConfig(AppConfig):
    name = "transfers"
    verbose_name = _("业务转让")

    def ready(self) -> None:
        from access import rechecking
        from records.destruction import stores
        from records.storage import checks_files
        from transfers import announcing, papers, sellers_side, sight  # noqa: F401  each brings its approvals
        from transfers.data_room import approving, cell
        from transfers.data_room.shelf import SHELF
        from transfers.data_room.store import DataRoomStore
        from transfers.events import transfer_ended, transfer_stopped
        from transfers.models import DataRoom, TransferPaper

        sellers_side.ready()
        approving.ready()
        cell.ready()
        rechecking.sources.append(approving.altered)
        stores.register(DataRoomStore())
        checks_files.register(SHELF, DataRoom)
        checks_files.register(papers.SHELF, TransferPaper)
        for signal in (transfer_ended, transfer_stopped):
            signal.connect(announcing.over, dispatch_uid="transfer-announcement")
