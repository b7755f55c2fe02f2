"""STAND-IN for `records.destruction.tombstones`, with its signature; it goes when that module is there.

Sheets are files NNNNNNNN.json outside the database, numbered without gaps, signed with the document key
"tombstones". Here they are written by the tests alone, and a replay deletes keys and blind indexes only.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from uuid import UUID, uuid4

from django.conf import settings

from access.actors import Actor
from custodian import databases, keys
from custodian.crypto import signing
from custodian.errors import CustodianError
from custodian.tlog import durable

KEY = "tombstones"
DOMAIN = "tombstones 1"


class TombstonesBroken(CustodianError):
    code = "tombstones-broken"


@dataclass(frozen=True)
class Sheet:
    number: int
    at: datetime
    batch: str
    holdings: list[UUID]
    subjects: list[UUID]
    digest: str = field(default="")


@dataclass(frozen=True)
class Replayed:
    sheets: int
    holdings: int
    subjects: int


def folder() -> Path:
    return Path(getattr(settings, "CUSTODIAN_TOMBSTONES", settings.VAR / "tombstones"))


def publish() -> int:
    return 0


def put(holdings: Sequence[UUID], subjects: Sequence[UUID], *, at: datetime) -> Path:
    number = 1 + max((int(path.stem) for path in folder().glob("*.json")), default=0)
    body = {
        "number": number,
        "insurer": settings.CUSTODIAN_INSURER,
        "at": at.isoformat(),
        "batch": str(uuid4()),
        "holdings": [str(each) for each in holdings],
        "subjects": [str(each) for each in subjects],
    }
    text = json.dumps(body, sort_keys=True)
    signature = signing.sign(keys.keyring().signing_key(KEY), text.encode(), domain=DOMAIN)
    durable.make_folder(folder())
    path = folder() / f"{number:08}.json"
    path.write_text(json.dumps({"body": text, "signature": signature.hex()}), "utf-8")
    return path


def read(place: Path) -> list[Sheet]:
    public = keys.keyring().signing_key(KEY).public_key()
    sheets = []
    for number, path in enumerate(sorted(place.glob("*.json")), 1):
        said = json.loads(path.read_text("utf-8"))
        text = said["body"].encode()
        body = json.loads(text)
        signed = signing.verify(public, bytes.fromhex(said["signature"]), text, domain=DOMAIN)
        if not signed or body["number"] != number or body["insurer"] != settings.CUSTODIAN_INSURER:
            raise TombstonesBroken
        holdings, subjects = ([UUID(each) for each in body[k]] for k in ("holdings", "subjects"))
        at = datetime.fromisoformat(body["at"])
        digest = sha256(text).hexdigest()
        sheets.append(Sheet(number, at, body["batch"], holdings, subjects, digest))
    return sheets


def replay(sheets: Iterable[Sheet], *, actor: Actor) -> Replayed:
    count = holdings = subjects = 0
    with (
        closing(databases.connect("superuser", application_name="custodian stand-in")) as raw,
        raw.cursor() as cursor,
    ):
        for sheet in sheets:
            count += 1
            theirs = [str(each) for each in sheet.holdings]
            cursor.execute("DELETE FROM keys.data_key WHERE holding = ANY (%s::uuid[])", [theirs])
            holdings += cursor.rowcount
            cursor.execute(
                "DELETE FROM records_blindindex WHERE holding = ANY (%s::uuid[])", [theirs]
            )
            cursor.execute(
                "DELETE FROM keys.subject_key USING access_subject s"
                " WHERE subject = s.id AND s.uid = ANY (%s::uuid[])",
                [[str(each) for each in sheet.subjects]],
            )
            cursor.execute(
                "UPDATE access_subject SET status = 'destroyed' WHERE uid = ANY (%s::uuid[])",
                [[str(each) for each in sheet.subjects]],
            )
            subjects += cursor.rowcount
    return Replayed(count, holdings, subjects)


def newest() -> int:
    return max((int(path.stem) for path in folder().glob("*.json")), default=0)
