"""An affected list as it is kept: one line for each customer, sealed on a shelf, and its fingerprint."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from access.keystore import NoKey
from access.sealed_files import Sealing, Shelf
from custodian import clock
from custodian.crypto.errors import CryptoError
from incidents.affected.reading import Affected

SHELF: Final = Shelf("", "affected-list")


def lines(found: Iterable[Affected]) -> Iterator[bytes]:
    """The same for the same facts, byte by byte."""
    for each in found:
        said = {
            "subject": each.subject,
            "clear": sorted(each.clear),
            "masked": sorted(each.masked),
            "first": _said(each.first),
            "last": _said(each.last),
        }
        yield json.dumps(said, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def digest(found: Iterable[Affected]) -> str:
    said = hashlib.sha256()
    for line in lines(found):
        said.update(line)
    return said.hexdigest()


def keep(ref: UUID, found: Iterable[Affected]) -> None:
    """In place of what an attempt before left."""
    SHELF.remove(ref)
    out = Sealing(ref, SHELF)
    try:
        for line in lines(found):
            out.write(line)
        out.keep()
    except BaseException:
        out.drop()
        raise


def kept(ref: UUID) -> list[dict[str, Any]]:
    """Raises FileNotFoundError, `NoKey`."""
    whole = b"".join(SHELF.read(ref))
    return [json.loads(line) for line in whole.splitlines()]


def opens(ref: UUID) -> bool:
    """Whether the list is still there and its key as well."""
    try:
        kept(ref)
    except (FileNotFoundError, NoKey, CryptoError):
        return False
    return True


def _said(at: datetime | None) -> str | None:
    return clock.local(at).isoformat(timespec="seconds") if at else None
