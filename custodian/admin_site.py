"""The compliance officers' back office: Django's admin under our own roof."""

from __future__ import annotations

from django.contrib.admin import AdminSite
from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _


class CustodianAdmin(AdminSite):
    site_title = site_header = _("合规后台")
    index_title = _("今日待办")
    enable_nav_sidebar = False

    def has_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_active and getattr(request.user, "is_staff", False))


class CustodianAdminConfig(AdminConfig):
    default_site = "custodian.admin_site.CustodianAdmin"
