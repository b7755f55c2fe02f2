"""Premium and cover of each policy at the freeze: read by the machine, sealed under the transfer's key."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings

from access import keystore, machine_reads
from access.actions import Action
from access.actors import Actor
from records import vault
from records.models import Policy
from transfers.models import Transfer

PREMIUM, SUM = "policy.premium", "policy.sum_insured"
# The checks of amounts know no other, whatever law an installation works under.
CURRENCY: Final = "CNY"


@dataclass(frozen=True, repr=False)
class Sum:
    """Of one policy; amounts are decimals as text, None where there is none, "" where it does not open."""

    policy: str
    product: str
    status: str
    premium: str | None
    sum_insured: str | None


def holding_of(transfer: Transfer) -> str:
    return f"transfer/{transfer.ref}"


def read(transfer: Transfer, subjects: Sequence[int], *, actor: Actor) -> dict[int, list[Sum]]:
    """By policyholder; one entry in the log for the page, and no plaintext anywhere but in memory."""
    rows = list(
        Policy.objects.filter(subject__in=subjects).select_related("product").order_by("pk")
    )
    found: dict[int, list[Sum]] = {each: [] for each in subjects}
    if not rows:
        return found
    sweep = machine_reads.read(
        Action.FREEZE_READ,
        subjects={row.subject_id for row in rows},
        elements=[PREMIUM, SUM],
        facts={"transfer": transfer.code, "held": len(rows)},
        actor=actor,
    )
    keys = keystore.unlock({row.holding: row.subject_id for row in rows})
    for row in rows:
        values = _opened(row, keys, sweep)
        found[row.subject_id].append(
            Sum(row.ref, row.product.code, row.status, values.get(PREMIUM), values.get(SUM))
        )
    return found


def _opened(
    row: Policy, keys: Mapping[UUID, Any], sweep: machine_reads.Sweep
) -> dict[str, str | None]:
    blobs = {PREMIUM: row.premium_sealed, SUM: row.sum_insured_sealed}
    held = {place: bytes(blob) for place, blob in blobs.items() if blob is not None}
    if row.holding not in keys:
        return dict.fromkeys(held, "")
    examined = vault.examine(
        sweep, held, subject=row.subject_id, holding=row.holding, key=keys[row.holding]
    )
    return {place: "" if text is None else text for place, text in examined}


class Seal:
    """The transfer's key, fetched once; raises `NoKey` where it is destroyed already and `make` is false."""

    def __init__(self, transfer: Transfer, *, make: bool = False) -> None:
        name = holding_of(transfer)
        self._holding = keystore.named_holding(name)
        self._key = keystore.of_named(name) if make else keystore.of_named_held(name)

    def seal(self, subject: int, sums: Sequence[Sum]) -> bytes:
        rows = [[s.policy, s.product, s.status, s.premium, s.sum_insured] for s in sums]
        return self._key.seal(json.dumps(rows).encode(), context=self._context(subject))

    def open(self, subject: int, sealed: bytes) -> Iterator[Sum]:
        plain = self._key.open(bytes(sealed), context=self._context(subject))
        return (Sum(*row) for row in json.loads(plain))

    def _context(self, subject: int) -> Any:
        # Bound to its customer, so that two lines cannot change places.
        return self._key.context(
            insurer=settings.CUSTODIAN_INSURER,
            holding=self._holding,
            element=f"transfer.sums/{subject}",
            version=1,
        )
