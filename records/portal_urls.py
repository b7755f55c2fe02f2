"""Addresses of the portal. They name references and nothing else; whose they are, the session knows."""

from __future__ import annotations

from django.urls import path

from records import portal_home, request_portal

app_name = "portal"
urlpatterns = [
    path("", portal_home.home, name="home"),
    path("sign-in/", portal_home.login, name="login"),
    path("sign-out/", portal_home.sign_out, name="sign_out"),
    path("requests/", request_portal.everything, name="requests"),
    path("requests/new/", request_portal.choose, name="request_choose"),
    path("requests/new/<str:kind>/", request_portal.new, name="request_new"),
    path("requests/<str:ref>/", request_portal.one, name="request"),
]
