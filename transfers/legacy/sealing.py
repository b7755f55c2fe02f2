"""Sums by product class, sealed under a key of the transfer that goes with its end."""

from __future__ import annotations

import hmac
import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import connection

from access import keystore
from custodian.keys import source_key
from transfers.models import Transfer

FEW: Final = 10  # of fewer policies a sum is shown to nobody


class Sum(NamedTuple):
    """Of one class, in fen; `policies` is how many make it up, 0 where a paper does not say."""

    premium: int
    cover: int
    policies: int = 0


Sums = Mapping[str, Sum]


class Seal:
    """The key, fetched once. Raises `NoKey` where it is destroyed already and `make` is false."""

    def __init__(self, transfer: Transfer, *, make: bool = False) -> None:
        name = f"transfer-list/{transfer.ref}"
        self.holding: UUID = keystore.named_holding(name)
        self._key = keystore.of_named(name) if make else keystore.of_named_held(name)

    def seal(self, what: str, sums: Sums) -> bytes:
        text = json.dumps({cls: list(each) for cls, each in sorted(sums.items())})
        return self._key.seal(text.encode(), context=self._context(what))

    def open(self, what: str, sealed: bytes) -> dict[str, Sum]:
        plain = self._key.open(bytes(sealed), context=self._context(what))
        return {cls: Sum(*each) for cls, each in json.loads(plain).items()}

    def _context(self, what: str) -> Any:
        # The paper's sums and the tables' do not open in each other's place.
        return self._key.context(
            insurer=settings.CUSTODIAN_INSURER,
            holding=self.holding,
            element=f"transfer.{what}",
            version=1,
        )


def digest_of(sums: Sums) -> str:
    """Keyed, so that nobody finds out a sum by trying."""
    text = json.dumps({cls: [each.premium, each.cover] for cls, each in sorted(sums.items())})
    return hmac.digest(source_key("transfer.list"), text.encode(), "sha256").hex()


def forget(transfer: Transfer) -> None:
    """The key goes once the transfer is over; what two people accepted stays as a digest."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT transfers_forget_lists(%s)", [transfer.pk])
    keystore.forget()
