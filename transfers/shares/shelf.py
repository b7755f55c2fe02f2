"""Where files for partners lie until they are taken."""

from __future__ import annotations

from access.sealed_files import Shelf

SHELF = Shelf("shares", "share")
