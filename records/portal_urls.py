"""Addresses of the portal. They name references and nothing else; whose they are, the session knows."""

from __future__ import annotations

from django.urls import path

from records import portal_claims, portal_home

app_name = "portal"
urlpatterns = [
    path("", portal_home.home, name="home"),
    path("sign-in/", portal_home.login, name="login"),
    path("claims/", portal_claims.table, name="claims"),
    path("claims/new/", portal_claims.new, name="claim_new"),
    path("claims/<str:ref>/", portal_claims.claim, name="claim"),
    path("sign-out/", portal_home.sign_out, name="sign_out"),
]
