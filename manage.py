#!/usr/bin/env python
"""The command line: joins or starts the embedded services, then hands over to Django."""

from __future__ import annotations

import os
import sys

from django.core.management import execute_from_command_line

from custodian import embedded

NEEDS_NOTHING = frozenset(
    {"", "help", "version", "makemessages", "compilemessages", "collectstatic"}
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
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
