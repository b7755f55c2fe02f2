"""Sealed files of the store as one stream and back, as they lie: ciphertext, whose keys are elsewhere.

Those that nothing could replace: customers' documents, papers of transfers, and imported files that an
import or a legal hold still needs. Exports, data rooms, bundles, customers' copies and other imported files
end by themselves, and are made anew.

A stream is a sequence of frames. `f` begins a file (JSON: name), `d` is some of it, `e` ends it (JSON:
sha256).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

from django.conf import settings
from psycopg2 import extensions

from access.bundles import jobs as bundles
from access.exports import jobs as exports
from custodian.backup import frames
from custodian.backup.errors import BackupRefused
from custodian.tlog import durable
from records.importing import expiry
from records.own_data import copies
from transfers.data_room import rooms

FILES: Final = "files"
PIECE: Final = 1 << 18
PAGE: Final = 2_000
ASIDE: Final = "restoring"
# A destroyed document has no file, and one that is added has it before its row.
_NAMES: Final = """
SELECT d.ref FROM records_document d
WHERE NOT EXISTS (SELECT FROM records_tombstone t WHERE t.gone = d.holding)
UNION ALL
SELECT replace(f.ref::text, '-', '') FROM records_importfile f
JOIN records_importrun r ON r.id = f.run_id
WHERE f.removed_at IS NULL
  AND (r.status NOT IN ('done', 'refused', 'failed') OR r.book_id = ANY (%s))
UNION ALL
SELECT replace(p.ref::text, '-', '') FROM transfers_transferpaper p
"""
_NAME: Final = re.compile(r"[A-Za-z0-9-]{1,80}")


@dataclass
class Count:
    """Files that went into a stream, and those that were not there."""

    there: int = 0
    missing: int = 0


def place() -> Path:
    return Path(settings.VAR) / "store"


def names(connection: extensions.connection, books: Collection[int]) -> Iterator[str]:
    """Of a moment of the database; `books` are those that a legal hold keeps whole."""
    with connection.cursor("backup_files") as cursor:
        cursor.itersize = PAGE
        cursor.execute(_NAMES, [list(books)])
        for (name,) in cursor:
            yield str(name)


def written(wanted: Iterable[str], count: Count) -> Iterator[bytes]:
    """The stream in constant memory; fills `count` on the way."""
    folder = place()
    for name in wanted:
        try:
            file = (folder / name).open("rb")
        except FileNotFoundError:
            count.missing += 1  # destroyed since that moment, or lost, which the scrub tells
            continue
        with file:
            yield from _framed(name, file)
        count.there += 1
    yield frames.frame(frames.END)


def _framed(name: str, file: IO[bytes]) -> Iterator[bytes]:
    digest = hashlib.sha256()
    yield frames.said(b"f", {"name": name})
    for piece in iter(lambda: file.read(PIECE), b""):
        digest.update(piece)
        yield frames.frame(b"d", piece)
    yield frames.said(b"e", {"sha256": digest.hexdigest()})


@dataclass
class Unpacked:
    """Files that were read and are not in their places yet."""

    folder: Path
    count: int = 0

    def put(self) -> None:
        """Into the store, all of them durable; what lies there by the same name makes way."""
        os.sync()
        for path in self.folder.iterdir():
            path.replace(place() / path.name)
        durable.sync_folder(place())


@contextmanager
def unpacked(stream: Iterable[bytes]) -> Iterator[Unpacked]:
    """Beside their places, and gone at the end if they were not put there."""
    aside = Unpacked(place() / ASIDE)
    shutil.rmtree(aside.folder, ignore_errors=True)  # what a restore that was killed left
    aside.folder.mkdir(mode=0o700, parents=True)
    try:
        for _name in _unpack(stream, aside.folder):
            aside.count += 1
        yield aside
    finally:
        shutil.rmtree(aside.folder, ignore_errors=True)


def _unpack(stream: Iterable[bytes], folder: Path) -> Iterator[str]:
    found = frames.unframed(stream)
    for kind, body in found:
        name = str(frames.told(body).get("name")) if kind == b"f" else ""
        if not _NAME.fullmatch(name):
            raise BackupRefused("file-altered")
        descriptor = os.open(folder / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            _fill(file, found)
        yield name


def _fill(file: IO[bytes], found: Iterator[frames.Frame]) -> None:
    digest = hashlib.sha256()
    for kind, body in found:
        if kind == b"e":
            if frames.told(body).get("sha256") == digest.hexdigest():
                return
            break
        if kind != b"d":
            break
        digest.update(body)
        file.write(body)
    raise BackupRefused("file-altered")


def let_missing_go() -> None:
    """What ends by itself, and did not come back, has ended: nobody looks for its file."""
    exports.expire_missing()
    bundles.expire_missing()
    copies.expire_missing()
    expiry.expire_missing()
    rooms.expire_missing()
