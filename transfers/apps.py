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
        from transfers import announcing, desk, freezing, papers, portal, sight  # noqa: F401  each brings its approvals
        from transfers.choosing import approving as choosing_approving
        from transfers.data_room import approving
        from transfers.data_room.shelf import SHELF
        from transfers.data_room.store import DataRoomStore
        from transfers.events import transfer_ended, transfer_stopped
        from transfers.letters import closing, drafting  # noqa: F401  they register their stage
        from transfers.models import DataRoom, TransferPaper

        desk.ready()
        portal.ready()
        approving.ready()
        rechecking.sources += [approving.altered, choosing_approving.altered, drafting.altered]
        stores.register(DataRoomStore())
        checks_files.register(SHELF, DataRoom)
        checks_files.register(papers.SHELF, TransferPaper)
        for signal in (transfer_ended, transfer_stopped):
            signal.connect(announcing.over, dispatch_uid="transfer-announcement")
