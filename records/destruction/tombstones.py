"""Tombstones outside the database: numbered, signed sheets, replayed before a restored copy serves."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max

from access import proposals, scopes
from access.actors import Actor
from custodian import clock, keys
from custodian.crypto import signing
from custodian.errors import CustodianError
from custodian.tlog.verify import canonical
from records.models import DestructionBatch, Tombstone, TombstoneSheet

KEY: Final = "tombstones"
DOMAIN: Final = "tombstones 1"
FORMAT: Final = "custodian-tombstones-1"
SUBJECT: Final = "subject"
MOST: Final = 5_000  # stones on one sheet


class TombstonesBroken(CustodianError):
    """A sheet is missing, another insurer's, or not as it was signed."""

    code = "tombstones-broken"
    status = 409


@dataclass(frozen=True)
class Sheet:
    """Some of what was destroyed, in the order in which it was."""

    number: int
    at: datetime
    batch: str
    holdings: list[UUID]
    subjects: list[UUID]
    digest: str
    body: str  # as it lies outside


@dataclass(frozen=True)
class Replayed:
    """What was still there and is destroyed now."""

    sheets: int
    holdings: int
    subjects: int


def folder() -> Path:
    place = Path(settings.CUSTODIAN_TOMBSTONES)
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    return place


def publish() -> int:
    """Number what stands on no sheet yet, and write whatever sheet is not outside; how many were written."""
    with transaction.atomic():
        # A table of which nobody may change a row cannot be locked itself.
        proposals.lock(DestructionBatch)
        _number()
    written = 0
    for number, body in TombstoneSheet.objects.values_list("number", "body"):
        path = folder() / f"{number:08}.json"
        if not path.exists():
            _write(path, body)
            written += 1
    return written


def _number() -> None:
    last = TombstoneSheet.objects.aggregate(last=Max("number"))["last"] or 0
    loose = Tombstone.objects.filter(sheet=None).exclude(batch=None).select_related("batch")
    while stones := list(loose.order_by("batch_id", "at", "gone")[:MOST]):
        batch = stones[0].batch
        stones = [each for each in stones if each.batch_id == stones[0].batch_id]
        last += 1
        TombstoneSheet.objects.create(
            number=last, batch=batch.code if batch else "", body=_signed(last, batch, stones)
        )
        Tombstone.objects.filter(pk__in=[each.pk for each in stones]).update(sheet=last)


def _signed(number: int, batch: DestructionBatch | None, stones: list[Tombstone]) -> str:
    content = {
        "format": FORMAT,
        "insurer": settings.CUSTODIAN_INSURER,
        "number": number,
        "at": clock.now().astimezone(UTC).isoformat(),
        "batch": batch.code if batch else "",
        "holdings": [str(each.gone) for each in stones if each.kind != SUBJECT],
        "subjects": [str(each.gone) for each in stones if each.kind == SUBJECT],
    }
    body = canonical(content)
    key = keys.keyring().signing_key(KEY)
    signature = signing.sign(key, body.encode(), domain=DOMAIN)
    return json.dumps({"sheet": content, "signature": signature.hex()}, indent=1) + "\n"


def _write(path: Path, body: str) -> None:
    """Whole or not at all, and durable."""
    fresh = path.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(body)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def read(place: Path) -> list[Sheet]:
    """All sheets of a folder in order; raises `TombstonesBroken` for a gap or a sheet that is not ours."""
    sheets = [_read(path) for path in sorted(place.glob("*.json"))]
    if [each.number for each in sheets] != list(range(1, len(sheets) + 1)):
        raise TombstonesBroken
    return sheets


def _read(path: Path) -> Sheet:
    try:
        text = path.read_text("utf-8")
        whole = json.loads(text)
        content, signature = whole["sheet"], bytes.fromhex(whole["signature"])
        body = canonical(content)
        ours = signing.verify(
            keys.keyring().signing_key(KEY).public_key(), signature, body.encode(), domain=DOMAIN
        )
        if (
            not ours
            or content["insurer"] != settings.CUSTODIAN_INSURER
            or content["format"] != FORMAT
        ):
            raise TombstonesBroken
        return _sheet(content, signature.hex(), text)
    except (ValueError, KeyError, TypeError):
        raise TombstonesBroken from None


def _sheet(content: dict[str, Any], digest: str, body: str) -> Sheet:
    return Sheet(
        content["number"],
        datetime.fromisoformat(content["at"]),
        content["batch"],
        [UUID(each) for each in content["holdings"]],
        [UUID(each) for each in content["subjects"]],
        digest,
        body,
    )


def replay(sheets: Iterable[Sheet], *, actor: Actor) -> Replayed:
    """Destroy again whatever is listed and came back with a restored copy."""
    from records.destruction import going

    done = [0, 0, 0]
    with scopes.acting(actor):
        for sheet in sheets:
            holdings, subjects = going.again(sheet.holdings, sheet.subjects)
            done = [done[0] + 1, done[1] + holdings, done[2] + subjects]
            _keep(sheet)
    return Replayed(*done)


def _keep(sheet: Sheet) -> None:
    """The sheet is outside already, so that it is not written once more under another number."""
    with transaction.atomic():
        stones = Tombstone.objects.filter(gone__in=[*sheet.holdings, *sheet.subjects], sheet=None)
        stones.update(sheet=sheet.number)
        known = TombstoneSheet.objects.filter(number=sheet.number)
        if not known.exists():
            TombstoneSheet.objects.create(number=sheet.number, batch=sheet.batch, body=sheet.body)
