"""Transfers: data that leaves or arrives."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransfersConfig(AppConfig):
    name = "transfers"
    verbose_name = _("业务转让")

    def ready(self) -> None:
        from access import rechecking
        from transfers import freezing, progress  # noqa: F401  they register kinds and checks
        from transfers.choosing import approving as choosing_approving
        from transfers.letters import closing, drafting  # noqa: F401

        rechecking.sources += [choosing_approving.altered, drafting.altered]
