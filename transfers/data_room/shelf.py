"""Where data rooms lie."""

from __future__ import annotations

from typing import Final

from access.sealed_files import Shelf

SHELF: Final = Shelf("data-rooms", "data-room")
