"""Addresses of the log's public side, under /log/."""

from __future__ import annotations

from django.urls import path

from access import public_log

app_name = "log"
urlpatterns = [
    path("checkpoint", public_log.checkpoint, name="checkpoint"),
    path("policy", public_log.policy, name="policy"),
    path("verify.py", public_log.verifier, name="verifier"),
    path("tile/<int:level>/<path:place>", public_log.tile, name="tile"),
]
