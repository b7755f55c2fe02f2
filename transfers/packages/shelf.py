"""Where packages lie: one file each, sealed by itself, readable by its owner only, named after its row."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from django.conf import settings

from access.sealed_files import Shelf
from custodian.workflow import IllegalMove

OUT: Final = Shelf("packages-out", "package")
IN: Final = Shelf("packages-in", "package")


def path_of(shelf: Shelf, ref: UUID) -> Path:
    return Path(settings.VAR) / "store" / shelf.folder / f"{ref.hex}.book"


def open_for_writing(path: Path) -> IO[bytes]:
    """The file as it is, made where there is none. Raises `IllegalMove` while another writes in it.

    A writer whose lease ran out while it stood still must not write between the lines of the next.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = os.fdopen(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600), "r+b")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        raise IllegalMove from None
    return file


def remove(path: Path) -> None:
    path.unlink(missing_ok=True)
