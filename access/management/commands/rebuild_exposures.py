"""`manage.py rebuild_exposures`: build the index of who saw whom anew from the log."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils.translation import gettext as _

from access import actors, exposure, scopes


class Command(BaseCommand):
    help = "Build the index of who saw which customers anew from the query log"

    def handle(self, *args: Any, **options: Any) -> None:
        with scopes.acting(actors.system("audits")):
            read = exposure.rebuild()
        self.stdout.write(_("已按 %(n)s 条日志重建") % {"n": f"{read:,}"})
