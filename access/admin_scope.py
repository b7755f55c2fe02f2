"""The one base of every model in the back office: scoped, logged, in one order, read-only by default."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from django.contrib import admin
from django.contrib.admin.exceptions import DisallowedModelAdminLookup
from django.contrib.admin.utils import (
    display_for_field,
    display_for_value,
    label_for_field,
    lookup_field,
)
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import (
    FieldDoesNotExist,
    ObjectDoesNotExist,
    PermissionDenied,
    ValidationError,
)
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import NoReverseMatch, URLPattern, reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from access import gate
from access.actions import Action
from access.admin_pages import CHANNEL, actor_of, enter, purpose_of

if TYPE_CHECKING:
    ModelAdmin = admin.ModelAdmin[Any]
else:
    ModelAdmin = admin.ModelAdmin

SHORT = 8  # characters that a list never breaks
OLDER, NEWER = "after", "before"
SAFE = ("GET", "HEAD")
FORM = (*SAFE, "POST")
_DROPPED = ("_delete", "_history")


class Ledger(ChangeList):
    """A list in one fixed order that is paged by the last row seen, and counts nothing."""

    has_more = has_less = False

    def get_filters_params(self, params: Any = None) -> Any:
        lookups = super().get_filters_params(params)
        return {key: value for key, value in lookups.items() if key not in {OLDER, NEWER}}

    @property
    def office(self) -> ScopedAdmin:
        assert isinstance(self.model_admin, ScopedAdmin)  # noqa: S101  nothing else is registered
        return self.model_admin

    def get_ordering(self, request: HttpRequest, queryset: Any) -> list[Any]:
        return [("-" if self.office.newest_first else "") + self.office.key]

    def get_results(self, request: HttpRequest) -> None:
        office, size = self.office, self.list_per_page
        back = NEWER in request.GET
        place = office.place_of(request, request.GET.get(NEWER) or request.GET.get(OLDER))
        rows = self.queryset
        if place is not None:
            side = "gt" if back == office.newest_first else "lt"
            rows = rows.filter(**{f"{office.key}__{side}": place})
        found = list((rows.reverse() if back else rows)[: size + 1])
        shown = found[:size][::-1] if back else found[:size]
        self.has_more = back or len(found) > size
        self.has_less = (back and len(found) > size) or (not back and place is not None)
        self.result_list, self.result_count = shown, len(shown)
        self.full_result_count, self.show_full_result_count = None, False
        self.show_admin_actions = self.can_show_all = self.multi_page = False

    def url_for_result(self, result: Any) -> str:
        return self.office.address(result)

    def page_link(self, side: str) -> str:
        row = self.result_list[-1 if side == OLDER else 0]
        kept = self.get_query_string(remove=[OLDER, NEWER])
        return f"{kept}{'' if kept == '?' else '&'}{side}={self.office.slug_of(row)}"


class ScopedAdmin(ModelAdmin):
    """`read_action` lets in and is what the log says; without `change_action` nothing can be changed.

    `columns` is all that a list selects, `slug` the field that stands in addresses, `key` the unique
    column of the order. Detail pages show `facts`.
    """

    read_action: Action
    add_action: Action | None = None
    change_action: Action | None = None
    slug = "ref"
    key = "pk"
    newest_first = False
    columns: Sequence[str] = ()
    facts: Sequence[str] = ()
    lede: Any = ""
    nothing: Any = ""
    opens = True  # whether a row has a page of its own
    shows = True  # whether that page is the one drawn here from `facts`
    marked = False  # customer rows: the viewer's mark lies over the page

    actions = None
    list_per_page = 50
    list_max_show_all = 0
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False
    change_list_template = "admin/ledger.html"

    # Who may. Django's own permissions are asked by nobody.
    def has_module_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.read_action)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.read_action)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self._may(request, self.add_action)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._may(request, self.change_action)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def _may(self, request: HttpRequest, action: Action | None) -> bool:
        actor = getattr(request, "actor", None)
        return actor is not None and action is not None and gate.may(actor, action)

    # Which rows.
    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        rows = self.model._default_manager.all()
        scoped = getattr(rows, "visible_to", None)
        if scoped is not None:
            rows = scoped(actor_of(request))
        related: Any = self.list_select_related or ()
        found: models.QuerySet[Any] = rows.select_related(*related).only(*self.columns)
        return found

    def get_object(
        self, request: HttpRequest, object_id: str, from_field: str | None = None
    ) -> Any:
        try:
            return self.get_queryset(request).get(**{self.slug: object_id})
        except (ObjectDoesNotExist, ValidationError, ValueError):
            return None

    def place_of(self, request: HttpRequest, slug: str | None) -> Any:
        """Where in the order the row with this slug stands; a foreign one stands nowhere."""
        row = self.get_object(request, slug) if slug else None
        return getattr(row, self.key) if row is not None else None

    def slug_of(self, row: Any) -> str:
        return str(getattr(row, self.slug))

    def address(self, row: Any) -> str:
        opts = self.model._meta
        return reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[self.slug_of(row)])

    # Which addresses: list, add, one row. Nothing deletes, and history is the query log's.
    def get_urls(self) -> list[URLPattern]:
        kept = [url for url in super().get_urls() if isinstance(url, URLPattern) and url.name]
        dropped = [*_DROPPED]
        dropped += [] if self.add_action else ["_add"]
        dropped += [] if self.opens and self.shows else ["_change"]
        return [url for url in kept if not str(url.name).endswith(tuple(dropped))]

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return Ledger

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest | None = None) -> bool:
        return lookup in self._filters()

    def _filters(self) -> set[str]:
        return {f"{name}__exact" for name in self.list_filter if isinstance(name, str)}

    # Pages.
    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        unknown = set(request.GET) - self._filters() - {OLDER, NEWER}
        if request.method not in SAFE:
            return HttpResponseNotAllowed(SAFE)
        if unknown:
            raise DisallowedModelAdminLookup
        if not self.has_view_permission(request) or not self.logs_rows:
            enter(request, self.read_action)
        context = {
            "title": self.opts.verbose_name_plural,
            "marked": self.marked,
            **(extra_context or {}),
        }
        response = super().changelist_view(request, context)
        context_data: dict[str, Any] = getattr(response, "context_data", None) or {}
        context_data.update(self.table(request, context_data["cl"]))
        return response

    logs_rows = False

    def prepare(self, request: HttpRequest, rows: Sequence[Any]) -> None:
        """Before the rows are drawn: where a list shows masks, its permit is asked for here."""

    def table(self, request: HttpRequest, ledger: Ledger) -> dict[str, Any]:
        self.prepare(request, ledger.result_list)
        names = [str(name) for name in self.get_list_display(request)]
        heads = [label_for_field(name, self.model, model_admin=self) for name in names]
        rows = [
            {
                "url": ledger.url_for_result(row) if self.opens else "",
                "cells": [
                    self._drawn_cell(row, name, head)
                    for head, name in zip(heads, names, strict=True)
                ],
            }
            for row in ledger.result_list
        ]
        return {
            "heads": [(head, self._number(name)) for head, name in zip(heads, names, strict=True)],
            "rows": rows,
            "lede": self.lede,
            "nothing": self.nothing,
            "older": ledger.page_link(OLDER) if ledger.has_more and rows else "",
            "newer": ledger.page_link(NEWER) if ledger.has_less and rows else "",
            "filters": [
                {"title": spec.title, "choices": list(spec.choices(ledger))}
                for spec in ledger.filter_specs
            ],
        }

    def _drawn_cell(self, row: Any, name: str, head: Any) -> dict[str, Any]:
        value = self.cell(row, name)
        # A word of two characters would otherwise stand one above the other.
        short = isinstance(value, str) and len(value) <= SHORT
        return {"head": head, "value": value, "number": self._number(name), "short": short}

    def _number(self, name: str) -> bool:
        try:
            field = self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return bool(getattr(getattr(self, name, None), "number", False))
        return isinstance(field, models.IntegerField)

    def cell(self, row: Any, name: str) -> Any:
        field, _attr, value = lookup_field(name, row, self)
        if field is None:
            return value if isinstance(value, SafeString) else display_for_value(value, "—")
        if field.choices:
            return getattr(row, f"get_{field.name}_display")()
        return self.written(field, value)

    def written(self, field: Any, value: Any) -> Any:
        if isinstance(field, models.DateTimeField):
            return drawn("moment", value)
        if isinstance(field, models.BooleanField):
            return _("是") if value else _("否")
        return display_for_field(value, field, "—")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        if request.method not in FORM:
            return HttpResponseNotAllowed(FORM)
        if self.add_action is not None and not self.has_add_permission(request):
            enter(request, self.add_action)
        return super().add_view(request, form_url, extra_context)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        known = SAFE if self.change_action is None else FORM
        if request.method not in known:
            return HttpResponseNotAllowed(known)
        if not self.has_view_permission(request):
            enter(request, self.read_action)
        row = self.get_object(request, object_id) if self.opens else None
        if row is None:
            self.refuse(request, object_id)
        if self.has_change_permission(request, row):
            self.enter_row(request, row)
            return super().change_view(request, object_id, form_url, extra_context)
        if request.method not in SAFE and self.change_action is not None:
            enter(request, self.change_action)  # which refuses, and that is on record
            raise PermissionDenied
        return self.detail_view(request, row)

    def refuse(self, request: HttpRequest, asked: str) -> NoReturn:
        actor = actor_of(request)
        gate.refuse_unknown(
            actor, self.read_action, asked=asked[:40], purpose=purpose_of(actor), channel=CHANNEL
        )

    def enter_row(self, request: HttpRequest, row: Any) -> None:
        enter(request, self.read_action, row=self.slug_of(row))

    def detail_view(self, request: HttpRequest, row: Any) -> HttpResponse:
        self.enter_row(request, row)
        return self.render(request, "admin/detail.html", row)

    def render(
        self, request: HttpRequest, template: str, row: Any, more: Mapping[str, Any] | None = None
    ) -> HttpResponse:
        opts = self.model._meta
        context = {
            **self.admin_site.each_context(request),
            "title": str(row),
            "marked": self.marked,
            "list_title": opts.verbose_name_plural,
            "list_url": reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist"),
            "facts": [
                (label_for_field(name, self.model, model_admin=self), self.cell(row, name))
                for name in map(str, self.facts or self.get_list_display(request))
            ],
            **(more or {}),
        }
        return TemplateResponse(request, template, context)

    # The query log says who changed what; Django's own journal would keep a second, weaker one.
    def log_addition(self, *args: Any) -> None:  # type: ignore[override]
        pass

    def log_change(self, *args: Any) -> None:  # type: ignore[override]
        pass

    def log_deletions(self, *args: Any) -> None:  # type: ignore[override]
        pass


def drawn(kind: str, value: Any, **more: Any) -> SafeString:
    """A component of the visual language inside a cell: moment, severity, mask, level, tag, link."""
    return render_to_string("admin/cell.html", {"kind": kind, "value": value, **more})


def link_to(name: str, *args: Any) -> str:
    """The address of a page that another app may or may not have brought."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
