"""Finished bundles on disk, sealed in parts under a key of their own that goes with them."""

from __future__ import annotations

from uuid import UUID

from access import sealed_files
from access.sealed_files import CHUNK, Kept, Shelf

__all__ = ["CHUNK", "Kept", "Sealing", "path_of", "read", "remove"]

SHELF = Shelf("bundles", "bundle")
path_of, read, remove = SHELF.path_of, SHELF.read, SHELF.remove


class Sealing(sealed_files.Sealing):
    """A bundle that is sealed as it is written."""

    def __init__(self, ref: UUID) -> None:
        super().__init__(ref, SHELF)
