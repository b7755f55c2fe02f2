"""A page that does not fit, gone through row by row: which entries are wrong, and how."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence

import msgspec

from access.verification import marks
from access.verification.page import Fitting, Said
from access.verification.rows import Row
from access.verification.stream import BETWEEN
from custodian.tlog.verify import TAG

Told = Callable[[str, int], None]  # a fault's code and index
_decode = msgspec.json.Decoder(Said).decode


def dense(page: Sequence[Row], low: int, sealed: int, told: Told) -> list[Row]:
    """The rows with an empty one in the place of each that is missing below `sealed`.

    Beyond the tree an index may be dead, or still to come.
    """
    known = {row[0]: row for row in page}
    for index in range(low, sealed):
        if index not in known:
            told("entry-missing", index)
    tail = [row for row in page if row[0] >= sealed]
    return [known.get(index, (index, b"", b"", b"")) for index in range(low, sealed)] + tail


def gone_through(page: Sequence[Row], hashes: Sequence[bytes], key: bytes, told: Told) -> Fitting:
    """What those rows say that can be read, with their hashes; `key` is that of the marks."""
    read = [
        (row, leaf, digest)
        for row, digest in zip(page, hashes, strict=True)
        if (leaf := _leaf(row, told))
    ]
    for (index, _, tags, shown), leaf, _ in read:
        if hashlib.sha256(tags).hexdigest() != leaf.subj or len(tags) != leaf.n * TAG:
            told("tags-not-leaf", index)
        if _columns(leaf).encode() != shown:
            told("column-not-leaf", index)
    for index in marks.unfit(key, [row[0] for row, _, _ in read], [row[1] for row, _, _ in read]):
        told("mark-not-leaf", index)
    return Fitting(
        [row[0] for row, _, _ in read],
        [leaf for _, leaf, _ in read],
        [digest for _, _, digest in read],
        [row[2] for row, _, _ in read],
    )


def _leaf(row: Row, told: Told) -> Said | None:
    index, raw, _, _ = row
    try:
        return _decode(raw) if raw else None
    except msgspec.DecodeError:
        told("leaf-unreadable", index)
        return None


def _columns(leaf: Said) -> str:
    """The columns as the database joins them; it writes nothing for what is not there."""
    said = (leaf.actor, leaf.no, leaf.unit, leaf.act, leaf.purp, leaf.out, leaf.ch)
    return BETWEEN.join([*[each or "" for each in said], str(leaf.n), leaf.ts])
