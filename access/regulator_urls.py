"""Addresses of the supervising office's place."""

from __future__ import annotations

from django.urls import path

from access import regulator

app_name = "regulator"
urlpatterns = [path("", regulator.cases, name="cases")]
