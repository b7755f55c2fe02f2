#!/usr/bin/env python
"""The command line: joins or starts the embedded services, then hands over to Django."""

from __future__ import annotations

import os
import sys

import django
from django.core.management import execute_from_command_line
from django.utils import translation

from custodian import embedded

NEEDS_NOTHING = frozenset(
    {"", "help", "version", "makemessages", "compilemessages", "collectstatic", "witness"}
    | {"--help", "-h", "--version"}
)


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "custodian.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command not in NEEDS_NOTHING and not {"--help", "-h"} & set(sys.argv[2:]):
        try:
            embedded.ensure()
        except embedded.EmbeddedError as error:
            sys.exit(str(error))
        django.setup()
        _speak()
    execute_from_command_line(sys.argv)


def _speak() -> None:
    """A terminal that is set to English is answered in English, any other one in Chinese."""
    names = ("LC_ALL", "LC_MESSAGES", "LANG")
    said = next((value for name in names if (value := os.environ.get(name))), "")
    translation.activate("en" if said.startswith("en") else "zh-hans")


if __name__ == "__main__":
    main()
