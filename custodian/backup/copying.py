"""Tables as one stream and back: the database's own text rows, compressed, and nothing that runs.

A stream is a sequence of frames. `h` begins a table (JSON: table, columns, and the key column of a patch),
`d` is text as COPY writes it, `e` ends a table (JSON: its rows).
"""

from __future__ import annotations

import json
import threading
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from queue import Queue

from psycopg2 import extensions, sql

from custodian.backup import frames
from custodian.backup.errors import BackupRefused
from custodian.backup.frames import Frame

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
        yield frames.said(b"h", asdict(source.section))
        for piece in _copied_out(cursor, source.query):
            yield frames.frame(b"d", piece)
        yield frames.said(b"e", {"rows": cursor.rowcount})
        counts[source.section.table] = cursor.rowcount
    yield frames.frame(frames.END)


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

    def __init__(self, found: Iterator[Frame]) -> None:
        self._frames = found
        self._held = b""
        self.count: int | None = None

    def read(self, size: int = -1) -> bytes:
        while not self._held and self.count is None:
            kind, body = next(self._frames, (b"", b""))
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
    found = frames.unframed(_inflated(stream))
    for kind, body in found:
        if kind != b"h":
            raise BackupRefused("file-altered")
        said = json.loads(body)
        rows = Rows(found)
        yield Section(said["table"], tuple(said["columns"]), said["key"]), rows
        while rows.read(PIECE):
            pass


def _inflated(stream: Iterable[bytes]) -> Iterator[bytes]:
    unpacker = zlib.decompressobj()
    for packed in stream:
        yield unpacker.decompress(packed)
    if not unpacker.eof:
        raise BackupRefused("file-altered")
