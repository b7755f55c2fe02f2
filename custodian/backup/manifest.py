"""The signed paper of one backup: when, of what, how many rows, and the hashes of its files."""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.conf import settings

from custodian import keys
from custodian.backup.errors import BackupRefused
from custodian.crypto import signing
from custodian.tlog import durable

FORMAT: Final = "custodian backup manifest 1"
KEY: Final = "backups"
DOMAIN: Final = "backup manifest 1"
FILE: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
_CHUNK = 1 << 20


@dataclass(frozen=True, kw_only=True)
class File:
    """One sealed stream: its file, size in bytes, SHA-256, and rows by table, or how many files.

    `missing` files were registered and not in the store.
    """

    name: str
    size: int
    sha256: str
    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    missing: int = 0


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """What was true at one moment of the database."""

    backup: str
    insurer: str
    at: datetime
    version: str
    migrations: list[str]
    files: dict[str, File]
    sequences: dict[str, tuple[int, bool]]
    log_size: int  # of the newest checkpoint
    log_root: str
    log_note: str
    entries: int  # rows of the log, sealed or not
    tombstone: int  # number of the newest one outside
    kek: int  # the number in force
    key: str  # id of the backup key
    ledger: int = 0  # number of the newest sheet of the ledger of transfers outside
    format: str = field(default=FORMAT)

    @property
    def rows(self) -> dict[str, int]:
        """By table; of a table whose fingerprints are in the other stream once."""
        return {table: count for file in self.files.values() for table, count in file.rows.items()}

    def dump(self) -> bytes:
        said = {**asdict(self), "at": self.at.isoformat()}
        return json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def parse(text: bytes) -> Manifest:
    try:
        return of_facts(json.loads(text))
    except ValueError:
        raise BackupRefused("manifest-unreadable") from None


def of_facts(facts: Mapping[str, Any]) -> Manifest:
    try:
        said = dict(facts)
        if said["format"] != FORMAT:
            raise BackupRefused("manifest-unreadable")
        said["at"] = datetime.fromisoformat(said["at"])
        said["files"] = {name: File(**each) for name, each in said["files"].items()}
        said["sequences"] = {
            name: (last, called) for name, (last, called) in said["sequences"].items()
        }
        return Manifest(**said)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise BackupRefused("manifest-unreadable") from None


def write(folder: Path, manifest: Manifest) -> None:
    text = manifest.dump()
    signature = signing.sign(keys.keyring().signing_key(KEY), text, domain=DOMAIN)
    durable.replace(folder / SIGNATURE, base64.b64encode(signature) + b"\n")
    durable.replace(folder / FILE, text)


def read(folder: Path) -> Manifest:
    """Raises `BackupRefused` unless this installation signed exactly these bytes."""
    try:
        text = (folder / FILE).read_bytes()
        signature = base64.b64decode((folder / SIGNATURE).read_bytes().strip(), validate=True)
    except (OSError, binascii.Error, ValueError):
        raise BackupRefused("manifest-unreadable", folder) from None
    public = keys.keyring().signing_key(KEY).public_key()
    if not signing.verify(public, signature, text, domain=DOMAIN):
        raise BackupRefused("manifest-unreadable", folder)
    manifest = parse(text)
    if manifest.insurer != settings.CUSTODIAN_INSURER:
        raise BackupRefused("wrong-insurer")
    return manifest


def is_whole(folder: Path, file: File) -> bool:
    """Whether the file is there, as long as it was, and byte for byte the same."""
    path = folder / file.name
    try:
        if path.stat().st_size != file.size:
            return False
        digest = hashlib.sha256()
        for piece in _pieces(path):
            digest.update(piece)
    except OSError:
        return False
    return digest.hexdigest() == file.sha256


def hashed(pieces: Iterable[bytes], into: hashlib._Hash) -> Iterator[bytes]:
    for piece in pieces:
        into.update(piece)
        yield piece


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from iter(lambda: file.read(_CHUNK), b"")
