"""Whoever got hold of files: what he finds in them, and what he can open with which keyring."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from psycopg2 import extensions

from access import keystore
from custodian import databases
from custodian.backup import copying
from custodian.crypto import backup_box, envelope
from custodian.crypto.envelope import DataKey
from custodian.crypto.errors import CryptoError
from custodian.crypto.keyring import FileKeyring, WrappedKey

NAME = "identity.name"
# A wrapped key as it lies anywhere: kind, suite, number of the KEK, then commitment, nonce, key and tag.
FRAME = re.compile(rb"(?s)(?=(\x03\x01\x00\x00\x00[\x01-\xff].{92}))")


@dataclass(frozen=True)
class Target:
    """A sealed name, whose it is, and where it belongs."""

    holding: UUID
    owner: int
    sealed: bytes


def frames_in(*contents: bytes) -> set[bytes]:
    """Everything that may be a wrapped key, in binary or written as COPY writes it."""
    found = {match[1] for content in contents for match in FRAME.finditer(content)}
    for content in contents:
        for text in re.findall(rb"\\\\x(03010000[0-9a-f]{188})", content):
            found.add(bytes.fromhex(text.decode()))
    return found


def opened(target: Target, frames: Iterable[bytes], ring: FileKeyring) -> str | None:
    """The name, if any of the frames opens under any KEK of the keyring."""
    context = keystore._context(target.holding, target.owner)
    for frame in frames:
        wrapped = WrappedKey(int.from_bytes(frame[2:6], "big"), frame)
        try:
            key = DataKey(ring.unwrap(wrapped, context=context), ring.suite)
            place = key.context(
                insurer=ring.insurer,
                holding=target.holding,
                element=NAME,
                version=envelope.value_version(target.sealed),
            )
            return key.open(target.sealed, context=place).decode()
        except CryptoError:
            continue
    return None


def stream(folder: Path, name: str, private: Path) -> bytes:
    """A stream of a backup in clear: the attacker is given the backup key as well."""
    with (folder / f"{name}.sealed").open("rb") as file:
        _header, pieces = backup_box.open_box(file, key=backup_box.load(private))
        plain = b""
        for _section, rows in copying.read(pieces):
            plain += b"".join(iter(lambda: rows.read(1 << 20), b""))  # noqa: B023
        return plain


def targets(folder: Path, private: Path) -> dict[int, Target]:
    """The sealed names of a backup's long stream by customer."""
    found = {}
    with (folder / "data.sealed").open("rb") as file:
        _header, pieces = backup_box.open_box(file, key=backup_box.load(private))
        for section, rows in copying.read(pieces):
            text = b"".join(iter(lambda: rows.read(1 << 20), b"")).decode()  # noqa: B023
            if section.table != "public.records_identity":
                continue
            for line in text.splitlines():
                row = dict(zip(section.columns, line.split("\t"), strict=True))
                sealed = bytes.fromhex(row["name_sealed"].removeprefix("\\\\x"))
                owner = int(row["subject_id"])
                found[owner] = Target(UUID(row["holding"]), owner, sealed)
    return found


def superuser() -> closing[extensions.connection]:
    return closing(databases.connect("superuser", application_name="test"))


@dataclass(frozen=True)
class Disk:
    """The server's files of this database, as whoever stole the disk reads them."""

    heap: bytes
    wal: bytes
    statistics: bytes

    @property
    def everything(self) -> tuple[bytes, bytes, bytes]:
        return self.heap, self.wal, self.statistics

    def count(self, needle: bytes) -> dict[str, int]:
        return {name: content.count(needle) for name, content in vars(self).items()}


def disk(*, since: str) -> Disk:
    """After a checkpoint; the write-ahead log from the segment `since` on."""
    with superuser() as raw, raw.cursor() as cursor:
        cursor.execute("CHECKPOINT")
        cursor.execute(
            "SELECT setting, (SELECT oid FROM pg_database WHERE datname = current_database()),"
            " pg_relation_filepath('keys.data_key'), pg_relation_filepath('pg_statistic')"
            " FROM pg_settings WHERE name = 'data_directory'"
        )
        folder, oid, _keys, statistics = cursor.fetchone() or ("", 0, "", "")
    data = Path(folder)
    heap = b"".join(path.read_bytes() for path in _files(data / f"base/{oid}"))
    wal = b"".join(path.read_bytes() for path in _files(data / "pg_wal") if path.name >= since)
    return Disk(heap, wal, b"".join(p.read_bytes() for p in data.glob(f"{statistics}*")))


def segment() -> str:
    with superuser() as raw, raw.cursor() as cursor:
        cursor.execute("SELECT pg_walfile_name(pg_current_wal_lsn())")
        return str((cursor.fetchone() or ("",))[0])


def _files(folder: Path) -> Iterator[Path]:
    yield from (path for path in sorted(folder.iterdir()) if path.is_file())
