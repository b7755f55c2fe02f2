"""The back office's list of counterparties."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from access import gate
from access.actions import Action
from access.admin_pages import actor_of
from access.admin_scope import ScopedAdmin, link_to
from transfers import (
    choosing_admin,
    freeze_admin,
    hand_over_admin,
    letters_admin,
    paper_admin,
    room_admin,
    transfer_admin,
)
from transfers.models import Counterparty

# Each registers its own pages.
ROOMS = (
    choosing_admin,
    freeze_admin,
    hand_over_admin,
    letters_admin,
    paper_admin,
    room_admin,
    transfer_admin,
)


@admin.register(Counterparty)
class CounterpartyAdmin(ScopedAdmin):
    read_action = Action.COUNTERPARTY_READ
    key = "pk"
    shows = False
    columns = ("ref", "code", "kind", "name", "name_en", "since", "until", "answers__name")
    list_select_related = ("answers",)
    list_display = ("name", "code", "kind", "answers", "since", "until")
    list_filter = ("kind",)
    change_list_template = "admin/partners/list.html"
    lede = _("资料可能去往或来自的单位：能收到什么、凭哪份协议、到哪一天为止")
    nothing = _("还没有登记合作方。")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = {"may_change": gate.may(actor_of(request), Action.COUNTERPARTY_CHANGE)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def address(self, row: Any) -> str:
        return link_to("admin:partner", row.ref)
