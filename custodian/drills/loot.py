"""What a thief of backups has, and what he can open with which keyring: for drills only.

He has the backup key as well, and every wrapped key that he ever saw.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stdout
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings
from django.core.management import call_command
from psycopg2 import extensions

from access import keystore
from access.key_rotation import retiring
from custodian import clock, databases, keys
from custodian.backup import copying
from custodian.backup.tables import STREAMS
from custodian.crypto import backup_box
from custodian.crypto.errors import CryptoError
from custodian.crypto.keyring import WrappedKey
from custodian.errors import CustodianError

NOTHING = "nothing"
ELEMENT = "identity.name"
_IDENTITY = "public.records_identity"
_KEYS = "keys.data_key"


@dataclass(frozen=True)
class Sealed:
    """A sealed name and where it belongs."""

    holding: UUID
    blob: bytes


@dataclass(frozen=True)
class Loot:
    """Sealed names by customer, and wrapped keys by holding, each as often as it was seen."""

    names: dict[int, Sealed] = field(default_factory=dict)
    wrapped: dict[UUID, list[WrappedKey]] = field(default_factory=dict)

    def with_keys_of_now(self) -> Loot:
        """He reads the database's tables of today as well."""
        more = {holding: list(found) for holding, found in self.wrapped.items()}
        with _superuser() as raw, raw.cursor() as cursor:
            cursor.execute("SELECT holding::text, kek, wrapped FROM keys.data_key")
            for holding, kek, blob in cursor.fetchall():
                more.setdefault(UUID(holding), []).append(WrappedKey(kek, bytes(blob)))
        return replace(self, wrapped=more)


def of_backup(folder: Path, private: Path) -> Loot:
    """Everything of both streams of tables."""
    found = Loot()
    for stream in STREAMS:
        with (folder / f"{stream}.sealed").open("rb") as file:
            for table, row in _rows(file, private):
                if table == _IDENTITY:
                    sealed = Sealed(UUID(row["holding"]), _bytes(row["name_sealed"]))
                    found.names[int(row["subject_id"])] = sealed
                elif table == _KEYS:
                    key = WrappedKey(int(row["kek"]), _bytes(row["wrapped"]))
                    found.wrapped.setdefault(UUID(row["holding"]), []).append(key)
    return found


def _rows(file: IO[bytes], private: Path) -> Iterator[tuple[str, dict[str, str]]]:
    _header, stream = backup_box.open_box(file, key=backup_box.load(private))
    for section, rows in copying.read(stream):
        text = b"".join(iter(lambda: rows.read(copying.PIECE), b""))  # noqa: B023
        for line in text.decode().splitlines():
            yield section.table, dict(zip(section.columns, line.split("\t"), strict=True))


def _bytes(text: str) -> bytes:
    """As COPY writes it, in which a backslash stands twice."""
    return bytes.fromhex(text.removeprefix("\\\\x"))


def opened(loot: Loot, subject: int, keyring: Path) -> str:
    """The customer's name, if any key that was seen opens it with this keyring."""
    sealed = loot.names[subject]
    with _using(keyring):
        for wrapped in loot.wrapped.get(sealed.holding, ()):
            try:
                return _open(sealed, subject, wrapped)
            except (CryptoError, CustodianError):
                continue
    return NOTHING


def _open(sealed: Sealed, subject: int, wrapped: WrappedKey) -> str:
    key = keystore.unwrap(
        sealed.holding, owner=subject, kek=wrapped.kek, wrapped=bytes(wrapped.blob)
    )
    context = key.context(
        insurer=settings.CUSTODIAN_INSURER,
        holding=sealed.holding,
        element=ELEMENT,
        version=int.from_bytes(sealed.blob[2:6], "big"),
    )
    return key.open(sealed.blob, context=context).decode()


@contextmanager
def _using(keyring: Path) -> Iterator[None]:
    before, settings.CUSTODIAN_KEYRING = settings.CUSTODIAN_KEYRING, keyring
    keys.forget()
    try:
        yield
    finally:
        settings.CUSTODIAN_KEYRING = before
        keys.forget()


def copied(path: Path, into: Path) -> Path:
    return Path(shutil.copy(path, into))


def spoilt(folder: Path, into: Path) -> Path:
    """The same backup, with one bit of its data turned."""
    shutil.copytree(folder, into)
    path = into / "data.sealed"
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)
    return into


def rotate() -> None:
    """A new KEK, every key wrapped anew, and the KEK before destroyed: by the product's own commands."""
    before = keys.keyring().current_kek
    with redirect_stdout(io.StringIO()):
        call_command("rotate_kek", reason="drill")
        with clock.at(clock.now() + retiring.grace() + timedelta(minutes=1)):
            call_command("destroy_kek", before)


def _superuser() -> closing[extensions.connection]:
    return closing(databases.connect("superuser", application_name="custodian drill"))
