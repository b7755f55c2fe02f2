"""Words and names of sanctions: sealed under a key of the matter, the flag or the file, and gone with it."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection

from access import keystore
from access.keystore import DataKey
from custodian.keys import source_key
from custodian.tlog.verify import canonical

MATTER: Final = "sanction"
FLAG: Final = "rehire-flag"
ASIDE: Final = "rehire-aside"
OVERRIDE: Final = "rehire-override"


def holding_of(kind: str, ref: UUID) -> UUID:
    return keystore.named_holding(f"{kind}/{ref}")


def seal(kind: str, ref: UUID, what: str, said: Any) -> bytes:
    """`what` binds it to its column and row, so that two cannot change places."""
    key = keystore.of_named(f"{kind}/{ref}")
    plain = json.dumps(said, ensure_ascii=False, sort_keys=True).encode()
    return key.seal(plain, context=_context(key, kind, ref, what))


def opened(kind: str, ref: UUID, what: str, sealed: bytes | memoryview) -> Any:
    """After a permit, or for the house. Raises `NoKey` once the key is gone."""
    key = keystore.of_named_held(f"{kind}/{ref}")
    return json.loads(key.open(bytes(sealed), context=_context(key, kind, ref, what)))


def mark(said: Mapping[str, Any]) -> str:
    """A keyed fingerprint of what two people decide: nobody finds the words by trying."""
    text = canonical(dict(said)).encode()
    return hmac.digest(source_key("sanction.words"), text, "sha256").hex()


def forget(ref: UUID) -> None:
    """The key of a matter that is closed, or of a flag that is over."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT incidents_forget_sanction(%s)", [str(ref)])
    keystore.forget()


def _context(key: DataKey, kind: str, ref: UUID, what: str) -> Any:
    return key.context(
        insurer=settings.CUSTODIAN_INSURER,
        holding=holding_of(kind, ref),
        element=f"{kind}.{what}",
        version=1,
    )
