"""Addresses of the supervising office's place."""

from __future__ import annotations

from django.urls import path

from access import regulator

app_name = "regulator"
urlpatterns = [
    path("", regulator.cases, name="cases"),
    path("cases/<str:ref>/", regulator.case, name="case"),
    path("cases/<str:ref>/new/", regulator.new_bundle, name="new_bundle"),
    path("bundles/<uuid:ref>/download/", regulator.download, name="download"),
    path("bundles/<uuid:ref>/verified/", regulator.mark_verified, name="verified"),
    path("checkpoints/", regulator.checkpoints, name="checkpoints"),
    path("checkpoints/take/", regulator.take_checkpoint, name="take_checkpoint"),
    path("verify/", regulator.how_to_verify, name="verify"),
]
