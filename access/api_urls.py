"""Addresses of access under /api/v1/."""

from __future__ import annotations

from django.urls import path

from access import api, log_api

urlpatterns = [
    path("log/entries", log_api.Entries.as_view(), name="api-log-entries"),
    path("log/proof/inclusion", log_api.Inclusion.as_view(), name="api-log-inclusion"),
    path("log/proof/consistency", log_api.Consistency.as_view(), name="api-log-consistency"),
    path("me", api.Me.as_view(), name="api-me"),
    path("schema", api.Schema.as_view(), name="api-schema"),
]
