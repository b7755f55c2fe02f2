"""The app of the plain stack."""

from __future__ import annotations

from django.apps import AppConfig


class PlainConfig(AppConfig):
    name = "tests.benchmarks.plain"
    label = "bench_plain"
