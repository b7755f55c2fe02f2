"""Where copies of customers' own data lie."""

from __future__ import annotations

from access.sealed_files import Shelf

SHELF = Shelf("copies", "copy")
