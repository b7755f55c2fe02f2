"""Addresses of the portal. They name references and nothing else; whose they are, the session knows."""

from __future__ import annotations

from django.urls import path

from records import portal_home

app_name = "portal"
urlpatterns = [
    path("", portal_home.home, name="home"),
    path("sign-in/", portal_home.login, name="login"),
    path("sign-out/", portal_home.sign_out, name="sign_out"),
]
