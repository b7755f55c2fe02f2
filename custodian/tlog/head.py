"""The head file: the newest checkpoint, outside the database, where whoever restores a database cannot reach.

A sequencer compares before it writes: it moves the head from the note that it knows to a larger one.
"""

from __future__ import annotations

from pathlib import Path

from custodian.tlog import durable
from custodian.tlog.verify import Checkpoint


class HeadMoved(Exception):
    """The head is not the one this sequencer wrote last: another one is at work, or somebody put it back."""


class Head:
    """The newest checkpoint in one file."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> bytes | None:
        """The note, or None when there never was one; a torn file cannot arise and is not accepted."""
        try:
            note = self.path.read_bytes()
        except FileNotFoundError:
            return None
        Checkpoint.parse(note)
        return note

    def advance(self, note: bytes, *, known: bytes | None) -> None:
        """Durably replace the head `known` by `note`, which continues it; raises `HeadMoved`."""
        with durable.alone(self.path.with_name(f"{self.path.name}.lock")):
            if self.read() != known:
                raise HeadMoved
            if known is not None and not _may_follow(
                Checkpoint.parse(known), Checkpoint.parse(note)
            ):
                raise HeadMoved
            durable.replace(self.path, note)


def _may_follow(before: Checkpoint, after: Checkpoint) -> bool:
    """A larger tree, or the same one signed anew."""
    return after.size > before.size or (after.size, after.root) == (before.size, before.root)
