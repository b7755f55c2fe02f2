"""The back office's list of counterparties."""

from __future__ import annotations

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from access.actions import Action
from access.admin_scope import ScopedAdmin
from transfers import (
    choosing_admin,
    freeze_admin,
    letters_admin,
    paper_admin,
    room_admin,
    transfer_admin,
)
from transfers.models import Counterparty

# Each registers its own pages.
ROOMS = (choosing_admin, freeze_admin, letters_admin, paper_admin, room_admin, transfer_admin)


@admin.register(Counterparty)
class CounterpartyAdmin(ScopedAdmin):
    read_action = Action.COUNTERPARTY_READ
    key = "pk"
    columns = ("ref", "kind", "name", "since", "until")
    list_display = ("name", "kind", "since", "until")
    list_filter = ("kind",)
    lede = _("资料可能去往或来自的单位")
    nothing = _("还没有登记合作方。")
