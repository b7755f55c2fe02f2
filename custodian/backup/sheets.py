"""Tombstone sheets as a backup and its restore need them: how many there are, and where they belong."""

from __future__ import annotations

import shutil
from pathlib import Path

from access import actors, scopes
from custodian.tlog import durable
from records.destruction import tombstones


def newest() -> int:
    """The number of the newest sheet outside, after all are written; whether they are whole is not asked."""
    with scopes.acting(actors.system("destroyer")):
        tombstones.publish()
    return newest_known()


def newest_known() -> int:
    return max((int(path.stem) for path in tombstones.folder().glob("*.json")), default=0)


def bring(folder: Path) -> None:
    """Put verified sheets where this installation keeps its own, so that the next one follows them."""
    own = tombstones.folder()
    for path in sorted(folder.glob("*.json")):
        if not (own / path.name).exists():
            shutil.copyfile(path, own / path.name)
    durable.sync_folder(own)
