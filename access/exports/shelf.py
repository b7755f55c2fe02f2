"""Where finished exports lie."""

from __future__ import annotations

from access.sealed_files import Shelf

SHELF = Shelf("exports", "export")
