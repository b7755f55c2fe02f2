"""Every address of the product."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.urls import include, path, re_path

from access import regulator_urls
from access.api import unknown
from custodian import health
from custodian.demo import mode
from custodian.demo.step_in import cast
from custodian.site.home import home
from incidents import public as public_incidents
from records import public_urls
from transfers import public, regulator

DEMO = mode.active()
FRONT_PAGE: dict[str, Any] = {"cast": cast} if DEMO else {}
# Several apps have pages of one audience.
REGULATOR = ([*regulator_urls.urlpatterns, *regulator.urlpatterns], regulator_urls.app_name)
PUBLIC = (
    [*public_urls.urlpatterns, *public.urlpatterns, *public_incidents.urlpatterns],
    public_urls.app_name,
)

urlpatterns = [
    path("", home, FRONT_PAGE, name="home"),
    path("admin/", admin.site.urls),
    path("desk/", include("incidents.fraud_desk_urls")),
    path("desk/", include("transfers.desk")),
    path("desk/", include("records.desk_urls")),
    path("portal/incident/", include("incidents.portal_urls")),
    path("portal/transfer/", include("transfers.portal_urls")),
    path("portal/", include("records.portal_urls")),
    path("accounts/", include("access.account_urls")),
    path("accounts/", include("incidents.account_urls")),
    path("regulator/", include(REGULATOR)),
    path("log/", include("access.public_log_urls")),
    path("", include(PUBLIC)),
    path("api/v1/", include("access.api_urls")),
    path("api/v1/", include("records.api_urls")),
    path("api/v1/", include("transfers.api_urls")),
    path("api/v1/", include("incidents.api_urls")),
    re_path(r"^api/", unknown),
    path("livez", health.livez, name="livez"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("", include("custodian.site.urls")),
]
if DEMO:
    urlpatterns.append(path("demo/", include("custodian.demo.urls")))

handler400 = "custodian.site.errors.bad_request"
handler403 = "custodian.site.errors.permission_denied"
handler404 = "custodian.site.errors.not_found"
handler500 = "custodian.site.errors.server_error"
