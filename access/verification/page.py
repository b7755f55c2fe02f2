"""A page of entries, held against its leaves as a whole: column by column, not row by row.

Only a page that does not fit is gone through row by row, to say which entry is wrong and how.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from access.verification import marks
from access.verification.stream import BETWEEN, Page, parted
from custodian.tlog.verify import TAG


class Said(msgspec.Struct, gc=False):
    """What the check needs of a leaf."""

    act: str
    n: int
    subj: str
    ts: str
    w: str = ""
    wp: str = ""
    ws: int = 0
    uid: str = ""
    actor: str | None = None
    no: str | None = None
    unit: str | None = None
    purp: str | None = None
    out: str | None = None
    ch: str | None = None


_lines = msgspec.json.Decoder(Said).decode_lines


@dataclass(frozen=True, slots=True)
class Fitting:
    """Entries whose tags, marks and columns are what their leaves say."""

    indexes: Sequence[int]
    said: Sequence[Said]
    hashes: Sequence[bytes]
    tags: Sequence[bytes]


def fitting(page: Page, key: bytes) -> Fitting | None:
    """The page's entries, unless one of them does not fit; `key` is that of the marks."""
    sha = hashlib.sha256
    leaves = page.leaves.split(b"\n")
    try:
        said = _lines(page.leaves)
    except msgspec.DecodeError:
        return None
    if not len(leaves) == len(said) == len(page.indexes):
        return None
    if not _columns_fit(page, said):
        return None
    tags = list(parted(page.tags, page.lengths))
    digests = b"".join([sha(each).digest() for each in tags])
    if digests.hex() != "".join([each.subj for each in said]):
        return None
    if next(marks.unfit(key, page.indexes, leaves), None) is not None:
        return None
    hashes = [sha(b"\x00" + leaf).digest() for leaf in leaves]
    return Fitting(page.indexes, said, hashes, tags)


def _columns_fit(page: Page, said: Sequence[Said]) -> bool:
    shown = [each.n for each in said]
    if list(page.subjects) != shown or list(page.lengths) != [TAG * each for each in shown]:
        return False
    told = [
        [each.ts for each in said],
        [each.actor or "" for each in said],
        [each.no or "" for each in said],
        [each.unit or "" for each in said],
        [each.act for each in said],
        [each.purp or "" for each in said],
        [each.out or "" for each in said],
        [each.ch or "" for each in said],
    ]
    return all(
        text.encode() == column and text.count(BETWEEN) == len(values) - 1
        for values, column in zip(told, page.columns, strict=True)
        for text in (BETWEEN.join(values),)
    )
