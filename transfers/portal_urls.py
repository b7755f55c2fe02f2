"""Addresses of a transfer in the portal; whose letter it is, the session knows."""

from __future__ import annotations

from django.urls import path

from transfers import portal

app_name = "portal_transfer"
urlpatterns = [
    path("", portal.notice, name="notice"),
    path("look/", portal.look, name="look"),
    *(path(f"{word}/", portal.answer, {"word": word}, name=word) for word in portal.WORDS),
]
