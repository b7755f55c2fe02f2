"""The compliance officers' back office: Django's admin under our own roof."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST, require_safe

from access import admin_pages, gate
from access.actions import Action
from access.admin_pages import Page, enter
from custodian import clock

# Of Django's own pages only these are kept; there is no autocomplete, no shortcut by content type.
_KEPT = frozenset({"login", "logout", "jsi18n"})


class CustodianAdmin(AdminSite):
    site_title = site_header = _("合规后台")
    index_title = _("今日待办")
    enable_nav_sidebar = False
    index_template = "admin/morning.html"

    def has_permission(self, request: HttpRequest) -> bool:
        staff = request.user.is_active and getattr(request.user, "is_staff", False)
        return bool(staff and getattr(request, "actor", None) is not None)

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only what is scoped and logged comes in; what libraries would bring along stays out."""
        from access.admin_scope import ScopedAdmin  # needs the app registry

        if admin_class is not None and issubclass(admin_class, ScopedAdmin):
            super().register(model_or_iterable, admin_class, **options)

    def admin_view(self, view: Callable[..., Any], cacheable: bool = False) -> Any:  # noqa: FBT001, FBT002
        guarded = super().admin_view(view, cacheable)

        def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            # A signed-in person of another place is told so, instead of being asked to sign in again.
            if request.user.is_authenticated and not self.has_permission(request):
                enter(request, Action.BACK_OFFICE_OPEN)  # which refuses, and puts that on record
                raise PermissionDenied
            response: HttpResponseBase = guarded(request, *args, **kwargs)
            return response

        return update_wrapper(inner, view)

    @method_decorator(require_safe)
    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        onward = request.GET.get("next") or reverse("admin:index")
        return redirect(f"{reverse('account_login')}?{urlencode({'next': onward})}")

    @method_decorator(require_safe)
    def logout(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_logout")

    def get_urls(self) -> list[Any]:
        django = [url for url in super().get_urls() if self._is_kept(url)]
        own = [path("", self.admin_view(self.index), name="index")]
        own.append(path("find/", self.admin_view(self.find), name="find"))
        own += [
            path(page.route, self.admin_view(self._entered(page)), name=page.name)
            for page in admin_pages.pages
        ]
        return own + django

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> list[Any]:
        """The navigation is `custodian.site.navigation`; Django's list of models is drawn nowhere."""
        return []

    def opens(self, request: HttpRequest, url_name: str) -> bool:
        """Whether a place of the navigation would let this person in."""
        actor = getattr(request, "actor", None)
        place, _dot, name = url_name.partition(":")
        if place != self.name or actor is None:
            return True
        actions = {page.name: page.action for page in admin_pages.pages} | {
            f"{model._meta.app_label}_{model._meta.model_name}_changelist": own.read_action  # type: ignore[attr-defined]  # see register
            for model, own in self._registry.items()
        }
        return name not in actions or gate.may(actor, actions[name])

    def _is_kept(self, url: URLPattern | URLResolver) -> bool:
        return isinstance(url, URLResolver) or url.name in _KEPT

    def _entered(self, page: Page) -> Callable[..., HttpResponseBase]:
        def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not page.logs_itself:
                enter(request, page.action, query=request.GET.urlencode())
            return page.view(request, *args, **kwargs)

        return update_wrapper(view, page.view)

    @method_decorator(require_safe)
    def i18n_javascript(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return super().i18n_javascript(request, extra_context)

    @method_decorator(require_safe)
    def index(self, request: HttpRequest, extra_context: Any = None) -> Any:
        enter(request, Action.BACK_OFFICE_OPEN)
        built = [
            (panel, content)
            for panel in sorted(admin_pages.panels, key=lambda panel: panel.order)
            if (content := panel.build(request)) is not None
        ]
        candidates = [found for find in admin_pages.headlines if (found := find(request))]
        context = {
            **self.each_context(request),
            "title": self.index_title,
            "now": clock.local(),
            "panels": {
                column: [
                    {"template": panel.template, **content}
                    for panel, content in built
                    if panel.column == column
                ]
                for column in ("top", "main", "side")
            },
            "headline": max(candidates, key=lambda each: each.urgency, default=None),
        }
        return render(request, str(self.index_template), context)

    @method_decorator(require_POST)
    def find(self, request: HttpRequest) -> HttpResponse:
        """The header's box: a customer ref, a staff number or a log index leads to its page."""
        asked = request.POST.get("q", "").strip()[:60]
        for finder in admin_pages.finders:
            if url := finder(asked, request):
                return redirect(url)
        messages.warning(request, gettext("没有找到。请核对客户编号、工号或日志序号。"))
        return redirect("admin:index")


class CustodianAdminConfig(AdminConfig):
    default_site = "custodian.admin_site.CustodianAdmin"
