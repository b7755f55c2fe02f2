"""Proofs about the announced tree, for pages and programs."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext_lazy as _

from access.models import Tree
from access.querylog.heads import Head, head_at, newest_head, told_head
from custodian.errors import CustodianError
from custodian.tlog import merkle, notes
from custodian.tlog.verify import HASH, TILE


class NoSuchProof(CustodianError):
    """The entry or size lies beyond what is announced, or below what is kept."""

    code = "no-such-proof"
    message = _("没有这样的证明：序号或大小超出已公布的范围")


@dataclass(frozen=True)
class Inclusion:
    index: int
    size: int
    leaf: bytes
    path: list[bytes]
    root: bytes
    head: Head | None  # there is a signed head of this very size

    @property
    def as_text(self) -> bytes | None:
        """A C2SP tlog-proof, if there is a signed head for it."""
        if self.head is None:
            return None
        return notes.inclusion_proof(self.index, self.path, self.head.note)


def read_tile(level: int, index: int) -> bytes:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT data FROM querylog.tile WHERE (level, index) = (%s, %s)", [level, index]
        )
        row = cursor.fetchone()
    return bytes(row[0]) if row else b""


def announced() -> int:
    return Tree.objects.values_list("announced", flat=True).get()


def tile(level: int, index: int, width: int) -> bytes | None:
    """A tile as far as it is announced; None for one that is not, or not that wide."""
    known = (announced() >> (8 * level)) - index * TILE
    if not 0 < width <= min(known, TILE):
        return None
    data = read_tile(level, index)[: width * HASH]
    return data if len(data) == width * HASH else None


def inclusion(index: int, *, size: int | None = None) -> Inclusion:
    """The path of one entry in the tree of `size`, or of the newest head that is told and holds it."""
    head = _told(index) if size is None else head_at(size)
    size = head.size if head is not None else size
    if size is None or not 0 <= index < size <= announced():
        raise NoSuchProof
    return Inclusion(
        index,
        size,
        read_tile(0, index // TILE)[index % TILE * HASH :][:HASH],
        merkle.inclusion(index, size, read_tile),
        merkle.root(size, read_tile),
        head,
    )


def _told(index: int) -> Head | None:
    """For an entry that no witness has seen yet, the head that only the log has signed."""
    head = told_head()
    return head if head is not None and index < head.size else newest_head(witnessed=False)


def consistency(first: int, second: int) -> list[bytes]:
    if not 0 < first <= second <= announced():
        raise NoSuchProof
    return merkle.consistency(first, second, read_tile)
