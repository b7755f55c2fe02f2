"""Files that are whole or absent, and on the disk before anybody is told."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class WrittenOnce(Exception):
    """A file that is written once is there already, with other bytes."""


def replace(path: Path, content: bytes, *, mode: int = 0o644) -> None:
    """Put `content` in the place of what `path` held."""
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)  # of a run that was killed under the same number
    try:
        _write(fresh, content, mode)
        fresh.replace(path)
        sync_folder(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def write_once(path: Path, content: bytes) -> None:
    """Make a read-only file; the same bytes again change nothing, others raise `WrittenOnce`."""
    if path.exists():
        if path.read_bytes() != content:
            raise WrittenOnce(path.name)
        return
    make_folder(path.parent)
    fresh = path.with_name(f".{path.name}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    try:
        _write(fresh, content, 0o444)
        try:
            path.hardlink_to(fresh)
        except FileExistsError:
            # Somebody else was quicker.
            if path.read_bytes() != content:
                raise WrittenOnce(path.name) from None
        sync_folder(path.parent)
    finally:
        fresh.unlink(missing_ok=True)


def make_folder(folder: Path) -> None:
    """Make the folder and those above it, each on the disk before anything lies in it."""
    if folder.is_dir():
        return
    make_folder(folder.parent)
    folder.mkdir(exist_ok=True)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """One process at a time, by a lock on `path`."""
    make_folder(path.parent)
    with path.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _write(path: Path, content: bytes, mode: int) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
