"""The app of the do-it-yourself stack."""

from __future__ import annotations

from django.apps import AppConfig


class DiyConfig(AppConfig):
    name = "tests.benchmarks.diy"
    label = "bench_diy"
