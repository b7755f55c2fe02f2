"""Transfers: data that leaves or arrives."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransfersConfig(AppConfig):
    name = "transfers"
    verbose_name = _("业务转让")

    def ready(self) -> None:
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
        checks_files.SHELVES.append((SHELF, Share))
        register_partners(Partners())
        ports.register_bearers(bearing.Bearers())
