"""Addresses of incidents under /api/v1/."""

from __future__ import annotations

from django.urls import path

from incidents import api

urlpatterns = [path("alerts", api.Alerts.as_view(), name="api-alerts")]
