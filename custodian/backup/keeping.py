"""Which backups there are, and how long each part of them stays."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from django.conf import settings

from custodian import clock
from custodian.backup import manifest
from custodian.backup.errors import BackupRefused
from custodian.backup.making import PARTIAL
from custodian.backup.manifest import Manifest
from custodian.backup.tables import KEYS, STREAMS

_log = structlog.get_logger("custodian")


@dataclass(frozen=True)
class Kept:
    """One backup in its folder. `sizes` are in bytes by stream, 0 for one that is gone.

    `verified`: our signature is under the manifest and what is there has its size; its hash as well if
    that was asked for. `whole`: all its streams are there, so that it can be restored by itself.
    """

    folder: Path
    at: datetime
    age: timedelta
    sizes: Mapping[str, int]
    verified: bool

    @property
    def whole(self) -> bool:
        return self.verified and all(self.sizes.values())

    @property
    def size(self) -> int:
        return sum(self.sizes.values())

    @property
    def keys_size(self) -> int:
        return self.sizes[KEYS]


def inventory(folder: Path | None = None, *, deep: bool = False) -> list[Kept]:
    """All backups in the folder, the newest first; `deep` reads every byte and compares its hash."""
    found = [_kept(each, deep=deep) for each in folders(folder or settings.CUSTODIAN_BACKUPS)]
    return sorted(found, key=lambda kept: kept.at, reverse=True)


def latest(folder: Path | None = None, *, deep: bool = False) -> Kept | None:
    """The newest backup that is whole; None where there is none."""
    return next((kept for kept in inventory(folder, deep=deep) if kept.whole), None)


@dataclass(frozen=True)
class Expired:
    """How many files went."""

    keys: int = 0
    data: int = 0
    physical: int = 0


def expire(folder: Path | None = None, *, at: datetime | None = None) -> Expired:
    """Remove what is older than its days: key streams and physical copies soon, data later."""
    now = at or clock.real()
    keys_before = now - timedelta(days=settings.CUSTODIAN_KEY_DAYS)
    data_before = now - timedelta(days=settings.CUSTODIAN_DATA_DAYS)
    keys = data = 0
    for each in folders(folder or settings.CUSTODIAN_BACKUPS):
        at = _made_at(each)
        if at < data_before:
            shutil.rmtree(each)
            data += 1
        elif at < keys_before:
            keys += _remove_keys(each)
    physical = sum(
        _expire_files(Path(place), before=keys_before)
        for place in settings.CUSTODIAN_PHYSICAL_BACKUPS
    )
    expired = Expired(keys, data, physical)
    if keys or data or physical:
        _log.info("backups-expired", count=keys + data + physical)
    return expired


def folders(folder: Path) -> Iterator[Path]:
    """Those with a manifest, and what a killed run left half done."""
    if folder.is_dir():
        yield from (
            each
            for each in sorted(folder.iterdir())
            if each.is_dir() and (each.suffix == PARTIAL or (each / manifest.FILE).exists())
        )


def _kept(folder: Path, *, deep: bool) -> Kept:
    sizes = {stream: _size(folder, stream) for stream in STREAMS}
    try:
        said = manifest.read(folder)
        sizes = {stream: _size(folder, stream) for stream in said.files}
        at, verified = said.at, _as_said(folder, said, sizes, deep=deep)
    except BackupRefused:
        at, verified = _made_at(folder), False
    return Kept(folder, at, clock.real() - at, sizes, verified)


def _as_said(folder: Path, said: Manifest, sizes: Mapping[str, int], *, deep: bool) -> bool:
    there = [said.files[stream] for stream, size in sizes.items() if size]
    same = all(size in (0, said.files[stream].size) for stream, size in sizes.items())
    return same and (not deep or all(manifest.is_whole(folder, file) for file in there))


def _path(folder: Path, stream: str) -> Path:
    return folder / f"{stream}.sealed"


def _size(folder: Path, stream: str) -> int:
    path = _path(folder, stream)
    return path.stat().st_size if path.exists() else 0


def _remove_keys(folder: Path) -> int:
    path = _path(folder, KEYS)
    there = path.exists()
    path.unlink(missing_ok=True)
    return int(there)


def _made_at(folder: Path) -> datetime:
    """By the folder's name, which is older than or as old as what the manifest says.

    A folder that was renamed is as old as its youngest file: better too long than a key for ever.
    """
    try:
        return datetime.strptime(folder.name[:16], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    except ValueError:
        return _changed_at(folder)


def _changed_at(path: Path) -> datetime:
    """When it came here: unlike a file's other times no copying program carries this one along."""
    return datetime.fromtimestamp(path.lstat().st_ctime, UTC)


def _expire_files(folder: Path, *, before: datetime) -> int:
    """Files that came before then, a base backup as one; folders that are empty afterwards go as well."""
    if _is_base_backup(folder):
        files = [path for path in folder.rglob("*") if not path.is_dir()]
        if max(map(_changed_at, files)) >= before:
            return 0
        shutil.rmtree(folder)
        return len(files)
    gone = 0
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if path.is_dir() and not path.is_symlink():
            gone += _expire_files(path, before=before)
            if path.exists() and not any(path.iterdir()):
                path.rmdir()
        elif _changed_at(path) < before:
            path.unlink()
            gone += 1
    return gone


def _is_base_backup(folder: Path) -> bool:
    """Part of one would be worse than none."""
    return (folder / "PG_VERSION").exists()
