"""Files that came along, sealed into the store under keys of this house: a large one piece by piece."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from access.actors import Actor
from access.vocabulary import Channel, Purpose
from records import archiving
from records.archiving import NewDocument
from records.models import Document
from transfers.packages.record import FilePart

SMALL: Final = 1 << 20  # bytes up to which a file waits for others
MOST: Final = 16 << 20  # bytes that wait at most
_KINDS: Final = {"looks": Document.Kind.HISTORY.value}
Filed = tuple[FilePart, Document]


class Archive:
    """`filed` are those that are in the store, in the order in which they came."""

    def __init__(self, facts: Mapping[str, Any], actor: Actor) -> None:
        self._facts, self._actor = facts, actor
        self._waiting: list[tuple[FilePart, NewDocument]] = []
        self._size = 0
        self.filed: list[Filed] = []

    def take(self, subject: int, files: Iterable[tuple[FilePart, Iterator[bytes]]]) -> None:
        """All files of one customer; a large one is sealed while it is read."""
        for part, pieces in files:
            if part.size > SMALL:
                self.store()
                self._waiting = [(part, _new(subject, part, pieces))]
                self.store()
                continue
            self._waiting.append((part, _new(subject, part, [b"".join(pieces)])))
            self._size += part.size
            if self._size > MOST:
                self.store()

    def store(self) -> None:
        """Seal what waits."""
        if not self._waiting:
            return
        made = archiving.add_each(
            [new for _part, new in self._waiting],
            channel=Channel.TASK.value,
            purpose=Purpose.TRANSFER.value,
            facts=self._facts,
            actor=self._actor,
        )
        parts = (part for part, _new in self._waiting)
        self.filed += zip(parts, made, strict=True)
        self._waiting, self._size = [], 0


def _new(subject: int, part: FilePart, chunks: Iterable[bytes]) -> NewDocument:
    return NewDocument(
        subject,
        Document.Kind(_KINDS.get(part.kind, part.kind)),
        part.name,
        part.media_type,
        chunks,
        added_at=datetime.fromisoformat(part.added_at),
    )
