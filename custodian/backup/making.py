"""Makes a backup: one moment of the house in sealed streams, under a key that is not on this host."""

from __future__ import annotations

import hashlib
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from uuid import uuid4

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
from django.conf import settings
from django.db import transaction
from psycopg2 import extensions

from access import actors, gate, ports, restored
from access.actions import Action
from access.vocabulary import Channel
from custodian import clock, databases, keys
from custodian.backup import copying, files, manifest, sheets, tables
from custodian.backup.errors import BackupRefused
from custodian.backup.manifest import File, Manifest
from custodian.backup.tables import STREAMS
from custodian.crypto import backup_box
from custodian.crypto.backup_box import BadBackupKey, Header
from custodian.tlog import durable
from records import legal_holds

SUFFIX = ".sealed"
PARTIAL = ".partial"
_CHECKPOINT = "SELECT size, root, note FROM querylog.checkpoint ORDER BY size DESC LIMIT 1"
_ENTRIES = "SELECT coalesce(max(id) + 1, 0) FROM querylog.entry"


@dataclass(frozen=True)
class Numbers:
    """Of the newest sheets outside, all of which are written before the moment of the backup."""

    tombstone: int
    ledger: int


def make(folder: Path) -> Path:
    """Write a backup into a new folder below `folder`, put it on record, and return its folder."""
    restored.require()
    key, at, backup = public_key(), clock.real(), str(uuid4())
    keys.keyring()  # sealed: said before the work, not after it
    outside = Numbers(sheets.newest(), ports.ledger().newest())
    into = folder / f"{at:%Y%m%dT%H%M%SZ}-{backup[:8]}"
    partial = into.with_name(into.name + PARTIAL)
    durable.make_folder(folder)
    partial.mkdir(mode=0o700)
    try:
        with _moment() as cursor:
            made = _write(cursor, partial, key=key, at=at, backup=backup, outside=outside)
        manifest.write(partial, made)
        partial.rename(into)
        durable.sync_folder(folder)
    except BaseException:
        shutil.rmtree(partial, ignore_errors=True)
        raise
    _record(made)
    return into


def public_key() -> X25519PublicKey:
    """From the setting, which is the text or names a file with it."""
    text = settings.CUSTODIAN_BACKUP_KEY
    if not text:
        raise BackupRefused("backup-key-missing")
    try:
        if not text.startswith(backup_box.PUBLIC):
            text = Path(text).read_text("ascii")
        return backup_box.parse_public(text)
    except (BadBackupKey, OSError, UnicodeDecodeError):
        raise BackupRefused("backup-key-unreadable") from None


@contextmanager
def _moment() -> Iterator[extensions.cursor]:
    """One moment of the database, by a login that sees every row and can write none."""
    with closing(databases.connect("backup", application_name="custodian backup")) as connection:
        connection.set_session(readonly=True, autocommit=False, isolation_level="REPEATABLE READ")
        with connection.cursor() as cursor:
            # The text of a value must not depend on how some host is set up.
            cursor.execute("SET LOCAL timezone = 'UTC'; SET LOCAL extra_float_digits = 1;")
            cursor.execute(
                "SET LOCAL datestyle = 'ISO, YMD'; SET LOCAL intervalstyle = 'postgres';"
            )
            yield cursor


def _write(
    cursor: extensions.cursor,
    folder: Path,
    *,
    key: X25519PublicKey,
    at: datetime,
    backup: str,
    outside: Numbers,
) -> Manifest:
    cursor.execute(_CHECKPOINT)
    size, root, note = cursor.fetchone() or (0, b"", "")
    cursor.execute(_ENTRIES)
    (entries,) = cursor.fetchone() or (0,)
    into = _Into(folder=folder, key=key, at=at, backup=backup)
    written = {stream: _write_tables(cursor, stream, into) for stream in STREAMS}
    if settings.CUSTODIAN_BACKUP_FILES:
        written[files.FILES] = _write_files(cursor, into)
    return Manifest(
        backup=backup,
        insurer=settings.CUSTODIAN_INSURER,
        at=at,
        version=settings.CUSTODIAN_VERSION,
        migrations=tables.migrations(cursor),
        files=written,
        sequences=tables.sequences(cursor),
        log_size=size,
        log_root=bytes(root).hex(),
        log_note=note,
        entries=entries,
        tombstone=outside.tombstone,
        ledger=outside.ledger,
        kek=keys.keyring().current_kek,
        key=backup_box.key_id(key),
    )


@dataclass(frozen=True, kw_only=True)
class _Into:
    """Where the streams of one backup go, and under which words they are sealed."""

    folder: Path
    key: X25519PublicKey
    at: datetime
    backup: str

    def stream(self, name: str, plain: Iterable[bytes]) -> File:
        header = Header(
            insurer=settings.CUSTODIAN_INSURER,
            backup=self.backup,
            stream=name,
            at=self.at.isoformat(),
            key=backup_box.key_id(self.key),
        )
        path, digest = self.folder / f"{name}{SUFFIX}", hashlib.sha256()
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            sealed = backup_box.seal(plain, to=self.key, header=header)
            for piece in manifest.hashed(sealed, digest):
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())
        return File(name=path.name, size=path.stat().st_size, sha256=digest.hexdigest())


def _write_tables(cursor: extensions.cursor, stream: str, into: _Into) -> File:
    rows = dict[str, int]()
    plain = copying.written(cursor, tables.sources(cursor, stream), rows)
    return replace(into.stream(stream, plain), rows=rows)


def _write_files(cursor: extensions.cursor, into: _Into) -> File:
    count, names = files.Count(), files.names(cursor.connection, legal_holds.books())
    written = into.stream(files.FILES, files.written(names, count))
    return replace(written, files=count.there, missing=count.missing)


def _record(made: Manifest) -> None:
    with transaction.atomic():
        gate.authorise(
            actors.system("backup"),
            Action.BACKUP_MAKE,
            channel=Channel.COMMAND,
            facts={"backup": made.backup, "digest": hashlib.sha256(made.dump()).hexdigest()},
        )
