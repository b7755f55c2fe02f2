"""The back office's list of counterparties."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access import gate
from access.actions import Action
from access.admin_pages import actor_of
from access.admin_scope import ScopedAdmin, drawn, link_to
from transfers import (
    choosing_admin,
    freeze_admin,
    hand_over_admin,
    hundred_days_admin,
    legacy_admin,
    legacy_files_admin,
    letters_admin,
    paper_admin,
    room_admin,
    transfer_admin,
)
from transfers.agreements import words
from transfers.models import Agreement, Counterparty

# Each registers its own pages.
ROOMS = (
    choosing_admin,
    freeze_admin,
    hand_over_admin,
    hundred_days_admin,
    legacy_admin,
    legacy_files_admin,
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
    list_display = ("called", "code", "kind", "agreement", "answers", "since", "until")
    list_filter = ("kind",)
    change_list_template = "admin/partners/list.html"
    lede = _("资料可能去往或来自的单位：能收到什么、凭哪份协议、到哪一天为止")
    nothing = _("还没有登记合作方。")

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        more = {"may_change": gate.may(actor_of(request), Action.COUNTERPARTY_CHANGE)}
        return super().changelist_view(request, {**more, **(extra_context or {})})

    def prepare(self, request: HttpRequest, rows: Sequence[Counterparty]) -> None:
        """Of each the agreement that was opened last, in one statement."""
        found = Agreement.objects.filter(counterparty__in=[row.pk for row in rows])
        newest = {
            each.counterparty_id: each
            for each in found.select_related("approval", "end_approval").order_by("pk")
        }
        for row in rows:
            row.newest = newest.get(row.pk)  # type: ignore[attr-defined]

    @admin.display(description=_("名称"))
    def called(self, row: Counterparty) -> str:
        return str(row)

    @admin.display(description=pgettext_lazy("合作方", "协议"))
    def agreement(self, row: Any) -> str:
        if row.newest is None:
            return ""
        state, tone = words.state(row.newest)
        return drawn("tag", state, tone=tone)

    def address(self, row: Any) -> str:
        return link_to("admin:partner", row.ref)
