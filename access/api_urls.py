"""Addresses of access under /api/v1/."""

from __future__ import annotations

from django.urls import path

from access import api

urlpatterns = [
    path("me", api.Me.as_view(), name="api-me"),
    path("schema", api.Schema.as_view(), name="api-schema"),
]
