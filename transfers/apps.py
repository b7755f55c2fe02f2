"""Transfers: data that leaves or arrives."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class TransfersConfig(AppConfig):
    name = "transfers"
    verbose_name = _("业务转让")

    def ready(self) -> None:
        from transfers import progress  # noqa: F401  registers its kinds of approval
