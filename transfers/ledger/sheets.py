"""One sheet of the ledger: what it says, its signature, and the sheet that it follows."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from custodian import keys
from custodian.crypto import signing
from custodian.errors import CustodianError
from custodian.tlog import durable
from custodian.tlog.verify import canonical

KEY: Final = "transfer-ledger"
DOMAIN: Final = "transfer ledger 1"
FORMAT: Final = "custodian-transfer-ledger-1"
_OWN: Final = ("format", "insurer", "number", "before", "what", "transfer")


class LedgerBroken(CustodianError):
    """A sheet is missing, another insurer's, or not as it was signed."""

    code = "ledger-broken"
    status = 409


@dataclass(frozen=True)
class Sheet:
    number: int
    what: str
    transfer: UUID
    said: Mapping[str, Any]  # everything else that it says
    body: str  # as it lies outside

    @property
    def sha256(self) -> str:
        return digest(self.body)

    @property
    def release(self) -> str:
        return str(self.said.get("release_sha256", ""))


def folder() -> Path:
    return Path(settings.CUSTODIAN_TRANSFER_LEDGER)


def path_of(number: int) -> Path:
    return folder() / f"{number:08}.json"


def newest_known() -> int:
    """Of those that lie outside; whether they are whole is not asked."""
    return max((int(path.stem) for path in folder().glob("*.json")), default=0)


def write(number: int, body: str) -> bool:
    """Outside, unless it lies there already; whether it was written."""
    path = path_of(number)
    if path.exists():
        return False
    durable.make_folder(path.parent)
    durable.replace(path, body.encode(), mode=0o600)
    return True


def digest(body: str) -> str:
    return sha256(body.encode()).hexdigest()


def signed(number: int, *, before: str, what: str, transfer: UUID, said: Mapping[str, Any]) -> str:
    content = {
        **said,
        "format": FORMAT,
        "insurer": settings.CUSTODIAN_INSURER,
        "number": number,
        "before": before,
        "what": what,
        "transfer": str(transfer),
    }
    key = keys.keyring().signing_key(KEY)
    signature = signing.sign(key, canonical(content).encode(), domain=DOMAIN)
    whole = {"sheet": content, "signature": signature.hex()}
    return json.dumps(whole, indent=1, ensure_ascii=False) + "\n"


def read(place: Path) -> list[Sheet]:
    """All sheets of a folder in order; raises `LedgerBroken` for a gap or a sheet that is not ours."""
    found: list[Sheet] = []
    for number, path in enumerate(sorted(place.glob("*.json")), 1):
        before = found[-1].sha256 if found else ""
        found.append(_read(path, number=number, before=before))
    return found


def _read(path: Path, *, number: int, before: str) -> Sheet:
    try:
        text = path.read_text("utf-8")
        whole = json.loads(text)
        content, signature = whole["sheet"], bytes.fromhex(whole["signature"])
        public = keys.keyring().signing_key(KEY).public_key()
        ours = signing.verify(public, signature, canonical(content).encode(), domain=DOMAIN)
        meant = (FORMAT, settings.CUSTODIAN_INSURER, number, before)
        if not ours or tuple(content[name] for name in _OWN[:4]) != meant:
            raise LedgerBroken
        said = {name: value for name, value in content.items() if name not in _OWN}
        return Sheet(number, content["what"], UUID(content["transfer"]), said, text)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise LedgerBroken from None


def moment(sheet: Sheet, name: str) -> datetime:
    return datetime.fromisoformat(sheet.said[name])
