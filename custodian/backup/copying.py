"""Tables as one stream and back: the database's own text rows, compressed, and nothing that runs.

A stream is a sequence of frames: a type letter, a length of four big-endian bytes, then the bytes.
`h` begins a table (JSON: table, columns, and the key column of a patch), `d` is text as COPY writes it,
`e` ends a table (JSON: its rows), `z` ends the stream, so that none can be cut off unnoticed.
"""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from queue import Queue
from typing import Any

from psycopg2 import extensions, sql

from custodian.backup.errors import BackupRefused

LEVEL = 1  # what is sealed does not get smaller; only its spelling in hexadecimal does
PIECE = 1 << 18
WAITING = 8


@dataclass(frozen=True)
class Section:
    """One table's rows, or with `key` values to be put into rows that are there already."""

    table: str
    columns: tuple[str, ...]
    key: str = ""


@dataclass(frozen=True)
class Source:
    """A section and the query that fills it."""

    section: Section
    query: sql.Composable


def named(table: str) -> sql.Identifier:
    return sql.Identifier(*table.split("."))


def listed(columns: Iterable[str]) -> sql.Composed:
    return sql.SQL(", ").join(map(sql.Identifier, columns))


def written(
    cursor: extensions.cursor, sources: Iterable[Source], counts: dict[str, int]
) -> Iterator[bytes]:
    """The compressed stream in constant memory; fills `counts` by table on the way."""
    packer = zlib.compressobj(LEVEL)
    for frame in _frames(cursor, sources, counts):
        if packed := packer.compress(frame):
            yield packed
    yield packer.flush()


def _frames(
    cursor: extensions.cursor, sources: Iterable[Source], counts: dict[str, int]
) -> Iterator[bytes]:
    for source in sources:
        yield _said(b"h", asdict(source.section))
        for piece in _copied_out(cursor, source.query):
            yield _frame(b"d", piece)
        yield _said(b"e", {"rows": cursor.rowcount})
        counts[source.section.table] = cursor.rowcount
    yield _frame(b"z", b"")


def _frame(kind: bytes, body: bytes) -> bytes:
    return kind + len(body).to_bytes(4, "big") + body


def _said(kind: bytes, facts: Mapping[str, Any]) -> bytes:
    return _frame(kind, json.dumps(facts).encode())


class _Pipe:
    """Where COPY writes to, in its own thread, and from where its rows are taken."""

    def __init__(self) -> None:
        self.pieces: Queue[bytes | BaseException | None] = Queue(WAITING)
        self.abandoned = False

    def write(self, data: bytes) -> int:
        if self.abandoned:
            raise BrokenPipeError
        self.pieces.put(bytes(data))
        return len(data)


def _copied_out(cursor: extensions.cursor, query: sql.Composable) -> Iterator[bytes]:
    pipe, command = _Pipe(), sql.SQL("COPY ({}) TO STDOUT").format(query)

    def run() -> None:
        try:
            cursor.copy_expert(command, pipe, PIECE)
            pipe.pieces.put(None)
        except BaseException as error:  # noqa: BLE001  it is raised where the rows are taken
            pipe.pieces.put(error)

    thread = threading.Thread(target=run, name="backup-copy", daemon=True)
    thread.start()
    ended = False
    try:
        held = bytearray()
        while (piece := pipe.pieces.get()) is not None:
            if isinstance(piece, BaseException):
                ended = True
                raise piece
            held += piece
            if len(held) >= PIECE:
                yield bytes(held)
                held.clear()
        ended = True
        if held:
            yield bytes(held)
    finally:
        pipe.abandoned = True
        while not ended:
            last = pipe.pieces.get()
            ended = last is None or isinstance(last, BaseException)
        thread.join()


class Rows:
    """The text of one table, as COPY reads it; `count` is what the stream says, known at its end."""

    def __init__(self, frames: Iterator[tuple[bytes, bytes]]) -> None:
        self._frames = frames
        self._held = b""
        self.count: int | None = None

    def read(self, size: int = -1) -> bytes:
        while not self._held and self.count is None:
            kind, body = next(self._frames)
            if kind == b"e":
                self.count = int(json.loads(body)["rows"])
            elif kind == b"d":
                self._held = body
            else:
                raise BackupRefused("file-altered")
        taken, self._held = (
            (self._held, b"") if size < 0 else (self._held[:size], self._held[size:])
        )
        return taken


def read(stream: Iterable[bytes]) -> Iterator[tuple[Section, Rows]]:
    """Each table of a stream in its order; its rows are read before the next one."""
    frames = _unframed(stream)
    for kind, body in frames:
        if kind == b"z":
            if next(frames, None) is not None:
                raise BackupRefused("file-altered")
            return
        if kind != b"h":
            raise BackupRefused("file-altered")
        said = json.loads(body)
        rows = Rows(frames)
        yield Section(said["table"], tuple(said["columns"]), said["key"]), rows
        while rows.read(PIECE):
            pass
    raise BackupRefused("file-altered")


def _unframed(stream: Iterable[bytes]) -> Iterator[tuple[bytes, bytes]]:
    unpacker, held = zlib.decompressobj(), bytearray()
    for packed in stream:
        held += unpacker.decompress(packed)
        while len(held) >= 5 and len(held) >= (end := 5 + int.from_bytes(held[1:5], "big")):
            yield bytes(held[:1]), bytes(held[5:end])
            del held[:end]
    if held or not unpacker.eof:
        raise BackupRefused("file-altered")
