"""Puts a backup into an empty database, and marks it so that it serves nobody before it is reconciled."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from psycopg2 import extensions, sql

from access import keystore, restored
from access.sequencer.drain import PARTITION
from custodian import clock, databases
from custodian.backup import copying, files, manifest, tables
from custodian.backup.copying import Rows, Section, listed, named
from custodian.backup.errors import BackupRefused
from custodian.backup.files import FILES, Unpacked
from custodian.backup.manifest import File, Manifest
from custodian.backup.tables import DATA, KEYS
from custodian.crypto import backup_box
from custodian.crypto.backup_box import BadBackupKey
from custodian.crypto.errors import KeyringSealed, OpenFailed
from custodian.databases import DatabaseNotConfigured
from custodian.embedded import ROLES

# Only use fills these; what migrations seed lies elsewhere.
USED = (
    "public.access_user",
    "public.access_subject",
    "querylog.entry",
    "keys.data_key",
    "keys.subject_key",
)
TREE = "querylog.tree"
Told = Callable[[str, int], None]  # a table and its rows, as they are loaded


@dataclass(frozen=True)
class Restored:
    """What was loaded; `closed` are rows of keys by the number of a KEK that is gone: they open nothing.

    `files` is None where the backup has none.
    """

    manifest: Manifest
    keys_from: Manifest
    rows: int
    closed: dict[int, int]
    files: int | None = None


def restore(
    folder: Path, *, private: Path, keys_from: Path | None = None, told: Told = lambda _t, _n: None
) -> Restored:
    """Load a backup, whole or not at all; `keys_from` is the folder of a later one with its key stream."""
    key = _private(private)
    data = manifest.read(folder)
    later = manifest.read(keys_from) if keys_from else data
    if later.at < data.at:
        raise BackupRefused("keys-older")
    for stream in (DATA, FILES):
        if stream in data.files:
            _check_file(folder, data.files[stream])
    _check_file(keys_from or folder, later.files[KEYS])
    with ExitStack() as stack:
        cursor = stack.enter_context(_superuser())
        _require_empty(cursor, data)
        stored = stack.enter_context(_files(folder, data, key))
        loaded = _load(cursor, folder / data.files[DATA].name, data.files[DATA], key, told)
        path = (keys_from or folder) / later.files[KEYS].name
        loaded += _load(cursor, path, later.files[KEYS], key, told)
        _set_sequences(cursor, data)
        _mark(cursor, data, later)
        closed = _closed(cursor)
        if stored is not None:
            stored.put()  # before the rows that name them are there
    restored.forget()
    keystore.forget()
    return Restored(data, later, loaded, closed, stored.count if stored else None)


def _private(path: Path) -> X25519PrivateKey:
    try:
        return backup_box.load(path)
    except BadBackupKey as error:
        raise BackupRefused("backup-key-unreadable", f"({error})") from None


def _check_file(folder: Path, file: File) -> None:
    if file.name.startswith(KEYS) and not (folder / file.name).exists():
        raise BackupRefused("keys-gone")
    if not manifest.is_whole(folder, file):
        raise BackupRefused("file-altered", folder / file.name)


@contextmanager
def _superuser() -> Iterator[extensions.cursor]:
    """One transaction in which no trigger and no foreign key is looked at.

    Both streams are of one moment in which all of them held, and the signed manifest has their hashes.
    """
    try:
        connection = databases.connect("superuser", application_name="custodian restore")
    except DatabaseNotConfigured:
        raise BackupRefused("no-superuser") from None
    with closing(connection):
        connection.autocommit = False
        with connection, connection.cursor() as cursor:
            cursor.execute("SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
            if cursor.fetchone() != (True,):
                raise BackupRefused("no-superuser")
            cursor.execute(
                "SET LOCAL session_replication_role = replica; SET LOCAL timezone = 'UTC'"
            )
            yield cursor


def _require_empty(cursor: extensions.cursor, data: Manifest) -> None:
    here = set(tables.migrations(cursor))
    if different := here ^ set(data.migrations):
        raise BackupRefused("migrations-differ", ", ".join(sorted(different)[:5]))
    for table in USED:
        cursor.execute(sql.SQL("SELECT EXISTS (SELECT FROM {})").format(named(table)))
        if cursor.fetchone() != (False,):
            raise BackupRefused("not-empty", table)
    # What migrations seeded comes with the backup, as the insurer changed it since.
    cursor.execute(f"ALTER TABLE {TREE} DISABLE TRIGGER keep_rows")
    for table in tables.tables(cursor):
        cursor.execute(sql.SQL("DELETE FROM {}").format(named(table)))
    cursor.execute(f"ALTER TABLE {TREE} ENABLE ALWAYS TRIGGER keep_rows")
    _add_partitions(cursor, data.entries)


def _add_partitions(cursor: extensions.cursor, entries: int) -> None:
    cursor.execute(sql.SQL("SET LOCAL ROLE {}").format(sql.Identifier(ROLES["owner"])))
    for first in range(0, entries + 1, PARTITION):
        cursor.execute(
            "SELECT querylog.add_partition(%(first)s, %(first)s + %(size)s)"
            " WHERE to_regclass('querylog.entry_' || %(first)s) IS NULL",
            {"first": first, "size": PARTITION},
        )
    cursor.execute("RESET ROLE")


def _load(
    cursor: extensions.cursor, path: Path, file: File, key: X25519PrivateKey, told: Told
) -> int:
    """All rows of one stream; raises `BackupRefused` unless they are those of the manifest."""
    known, counts = tables.tables(cursor), dict[str, int]()
    try:
        with path.open("rb") as sealed:
            _header, stream = backup_box.open_box(sealed, key=key)
            for section, rows in copying.read(stream):
                if section.table not in known:
                    raise BackupRefused("file-altered", section.table)
                counts[section.table] = _take(cursor, section, rows)
                told(section.table, counts[section.table])
    except OpenFailed:
        raise BackupRefused("wrong-key") from None
    if counts != file.rows:
        raise BackupRefused("counts-differ")
    return sum(counts.values())


@contextmanager
def _files(folder: Path, data: Manifest, key: X25519PrivateKey) -> Iterator[Unpacked | None]:
    """The sealed files of the backup, beside their places; None where it has none."""
    if FILES not in data.files:
        yield None
        return
    with ExitStack() as stack:
        try:
            sealed = stack.enter_context((folder / data.files[FILES].name).open("rb"))
            _header, stream = backup_box.open_box(sealed, key=key)
            unpacked = stack.enter_context(files.unpacked(stream))
        except OpenFailed:
            raise BackupRefused("wrong-key") from None
        if unpacked.count != data.files[FILES].files:
            raise BackupRefused("counts-differ")
        yield unpacked


def _take(cursor: extensions.cursor, section: Section, rows: Rows) -> int:
    if section.key:
        return _patch(cursor, section, rows)
    return _copy_in(cursor, named(section.table), section, rows)


def _copy_in(cursor: extensions.cursor, into: sql.Composable, section: Section, rows: Rows) -> int:
    command = sql.SQL("COPY {} ({}) FROM STDIN").format(into, listed(section.columns))
    cursor.copy_expert(command, cast("IO[bytes]", rows), copying.PIECE)  # reads, and no more
    if rows.count != cursor.rowcount:
        raise BackupRefused("counts-differ", section.table)
    return cursor.rowcount


def _patch(cursor: extensions.cursor, section: Section, rows: Rows) -> int:
    """Put values into rows that are there; those of rows that came later have no place."""
    aside = sql.Identifier("restored_aside")
    cursor.execute(
        sql.SQL("CREATE TEMP TABLE {} ON COMMIT DROP AS SELECT {} FROM {} WHERE false").format(
            aside, listed(section.columns), named(section.table)
        )
    )
    count = _copy_in(cursor, aside, section, rows)
    values = [each for each in section.columns if each != section.key]
    cursor.execute(
        sql.SQL("UPDATE {table} t SET {values} FROM {aside} a WHERE t.{key} = a.{key}").format(
            table=named(section.table),
            values=sql.SQL(", ").join(
                sql.SQL("{0} = a.{0}").format(sql.Identifier(each)) for each in values
            ),
            aside=aside,
            key=sql.Identifier(section.key),
        )
    )
    cursor.execute(sql.SQL("DROP TABLE {}").format(aside))
    return count


def _set_sequences(cursor: extensions.cursor, data: Manifest) -> None:
    for name, (last, called) in data.sequences.items():
        cursor.execute("SELECT setval(%s::regclass, %s, %s)", [name, last, called])


def _mark(cursor: extensions.cursor, data: Manifest, later: Manifest) -> None:
    rows = {table: n for table, n in later.files[KEYS].rows.items() if tables.is_key(table)}
    facts = {
        "manifest": json.loads(data.dump()),
        "keys": {"backup": later.backup, "at": later.at.isoformat(), "rows": rows},
    }
    cursor.execute(
        "INSERT INTO public.access_installation (id, demo, begun_at, restored_at, facts)"
        " VALUES (1, false, %(at)s, %(at)s, %(facts)s) ON CONFLICT (id) DO UPDATE"
        " SET restored_at = excluded.restored_at, reconciled_at = NULL, facts = excluded.facts",
        {"at": clock.real(), "facts": json.dumps(facts)},
    )


def _closed(cursor: extensions.cursor) -> dict[int, int]:
    """Customers' keys wrapped by a KEK that the keyring does not have any more, counted by its number."""
    cursor.execute("SELECT kek, count(*), min(subject) FROM keys.subject_key GROUP BY kek")
    found = {}
    for kek, count, subject in cursor.fetchall():
        cursor.execute("SELECT wrapped FROM keys.subject_key WHERE subject = %s", [subject])
        (wrapped,) = cursor.fetchone() or (b"",)
        try:
            keystore.subject_keys({subject: (kek, bytes(wrapped))})
        except KeyringSealed:
            found[int(kek)] = int(count)
    return found
