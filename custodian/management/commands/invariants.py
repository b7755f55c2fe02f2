"""Checks what must hold at every moment; the exit code is 1 when anything does not."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandParser

from custodian import invariants, last_invariants
from custodian.invariants import OK, Options


class Command(BaseCommand):
    help = "Check what must hold at every moment / 检查任何时刻都必须成立的事项"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="every holding, not a sample")
        parser.add_argument("--canaries", type=Path, help="a file of planted values, one a line")

    def handle(self, *args: Any, **options: Any) -> None:
        planted = options["canaries"]
        values = planted.read_text(encoding="utf-8").split("\n") if planted else []
        found = invariants.broken(
            Options(
                everything=options["all"],
                canaries=tuple(value for value in values if value.strip()),
                folders=tuple(
                    settings.VAR / name for name in ("logs", "store", "postgres", "valkey")
                ),
            )
        )
        last_invariants.keep(found)
        for name, state in found.items():
            self.stdout.write(f"{name:<12} {state}")
        if any(state != OK for state in found.values()):
            sys.exit(1)
