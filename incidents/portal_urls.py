"""Addresses of incidents in the portal; whose notices they are, the session knows."""

from __future__ import annotations

from django.urls import path

from incidents import portal

app_name = "portal_incident"
urlpatterns = [
    path("", portal.notices, name="notices"),
    path("look/", portal.look, name="look"),
]
