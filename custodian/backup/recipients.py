"""Which keys open the backups that there are: for the page of keys, on which no private half ever is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings

from access import ports
from access.ports import Recipient
from custodian.backup import keeping, making, manifest
from custodian.backup.errors import BackupRefused
from custodian.crypto import backup_box


class Backups:
    def recipients(self) -> Sequence[Recipient]:
        current, used = _current(), _used()
        found = [_told(key, current, used[key]) for key in used]
        if current and current not in used:
            found.append(Recipient(current, current=True))
        return sorted(found, key=_order, reverse=True)


def _order(each: Recipient) -> tuple[bool, str]:
    return each.current, each.newest.isoformat() if each.newest else ""


def _current() -> str:
    """The fingerprint of the key that is set; empty where none is, or it cannot be read."""
    try:
        return backup_box.key_id(making.public_key())
    except BackupRefused:
        return ""


def _used() -> dict[str, list[datetime]]:
    """When the backups were made that each key opens, as their signed manifests say."""
    found: dict[str, list[datetime]] = defaultdict(list)
    for folder in keeping.folders(settings.CUSTODIAN_BACKUPS):
        try:
            said = manifest.read(folder)
        except BackupRefused:
            continue
        found[said.key].append(said.at)
    return found


def _told(key: str, current: str, made: Sequence[datetime]) -> Recipient:
    return Recipient(key, key == current, len(made), min(made), max(made))


def register() -> None:
    ports.register_backups(Backups())
