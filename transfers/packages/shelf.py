"""Where packages lie: one file each, sealed by itself, readable by its owner only, named after its row."""

from __future__ import annotations

import os
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from django.conf import settings

from access.sealed_files import Shelf

OUT: Final = Shelf("packages-out", "package")
IN: Final = Shelf("packages-in", "package")


def path_of(shelf: Shelf, ref: UUID) -> Path:
    return Path(settings.VAR) / "store" / shelf.folder / f"{ref.hex}.book"


def open_for_writing(path: Path) -> IO[bytes]:
    """The file as it is, to be gone on with; made where there is none."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    return os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)
