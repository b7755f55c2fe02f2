"""Reads entries one by one, for a page that has to be gone through."""

from __future__ import annotations

import struct

from psycopg2 import extensions

from access.verification.stream import START

# Index, leaf, tags, and the columns beside the leaf as one text.
Row = tuple[int, bytes, bytes, bytes]
# Count of fields, length and value of the first, length of the second.
_HEAD = struct.Struct(">hiqi")
_LENGTH = struct.Struct(">i")
_ENTRIES = """
SELECT id, leaf, tags,
    concat(actor, E'\\x1f', staff_no, E'\\x1f', unit, E'\\x1f', act, E'\\x1f', purpose, E'\\x1f', outcome,
           E'\\x1f', channel, E'\\x1f', subjects, E'\\x1f',
           to_char(ts AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'))
FROM querylog.entry WHERE id >= {:d} AND id < {:d} ORDER BY id
"""


class _Pieces(list[bytes]):
    """What the server sends, one row a piece."""

    write = list.append


def entries(cursor: extensions.cursor, low: int, beyond: int) -> list[Row]:
    """The entries from `low` to below `beyond`."""
    size, heads, lengths = _HEAD.size, _HEAD.unpack_from, _LENGTH.unpack_from
    return [
        (index, piece[size:leaf], piece[leaf + 4 : tags], piece[tags + 4 :])
        for piece in _pieces(cursor, _ENTRIES.format(low, beyond))
        if len(piece) >= size
        for _, _, index, length in (heads(piece),)
        for leaf in (size + length,)
        for tags in (leaf + 4 + lengths(piece, leaf)[0],)
    ]


def _pieces(cursor: extensions.cursor, select: str) -> list[bytes]:
    pieces = _Pieces()
    cursor.copy_expert(f"COPY ({select}) TO STDOUT (FORMAT binary)", pieces)
    pieces[0] = pieces[0][START:]
    return pieces
