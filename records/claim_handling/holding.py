"""The sealed values of a claim with all that lies under its key, locked and checked before more is sealed.

What was altered behind the product's back must not get a new mark by the next change: it is compared with
its last mark first, and a change of it is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Self

from django.db.models import Max

from access import keystore
from access.keystore import DataKey, NoKey
from custodian import clock
from custodian.errors import NotVisible
from custodian.tlog.verify import canonical
from records import damage, parts, states, vault
from records.models import Claim, Withheld
from records.vault import SealedValues

KIND = "claim"


@dataclass
class Held:
    """A claim's row until the end of the transaction, with its key and every blob under it."""

    claim: Claim
    key: DataKey
    blobs: dict[str, bytes]

    @classmethod
    def lock(cls, claim: Claim) -> Self:
        """Raises `NotVisible`, `NoKey` for one that is destroyed, `Damaged` for one that was altered."""
        rows = Claim.objects.select_for_update(no_key=True, of=("self",))
        row = rows.filter(pk=claim.pk).first()
        if row is None:
            raise NotVisible
        key = keystore.unlock({row.holding: row.subject_id}).get(row.holding)
        if key is None:
            raise NoKey
        blobs = {**parts.sealed_of(KIND, row), **parts.blobs_of(KIND, [row.pk]).get(row.pk, {})}
        held = cls(row, key, blobs)
        held._require_whole()
        return held

    def _require_whole(self) -> None:
        row = self.claim
        if Withheld.objects.filter(holding=row.holding).exists():
            raise vault.Damaged
        if not vault.whole(
            holding=row.holding,
            epoch=row.epoch,
            mac=bytes(row.state_mac),
            blobs=self.blobs,
            key=self.key,
        ):
            damage.report(holding=row.holding, element=KIND)
            raise vault.Damaged

    def next_slot(self, model: Any) -> int:
        taken = model.objects.filter(claim=self.claim).aggregate(most=Max("slot"))["most"]
        return int(taken or 0) + 1

    def seal(self, values: Mapping[str, str], *, source: str) -> SealedValues:
        """Seal more values by place, and put the new mark into the claim's row."""
        sealed = vault.seal(
            values,
            holding=self.claim.holding,
            key=self.key,
            epoch=self.claim.epoch,
            before=self.blobs,
        )
        today = clock.local().date().isoformat()
        own = {place: blob for place, blob in sealed.blobs.items() if "/" not in place}
        origins = {
            **self.claim.origins,
            **{place: [source, today] for place in values if place in own},
        }
        changes = {f"{place.partition('.')[2]}_sealed": blob for place, blob in own.items()}
        Claim.objects.filter(pk=self.claim.pk).update(
            epoch=sealed.epoch, state_mac=sealed.mac, origins=origins, **changes
        )
        self.claim.epoch, self.claim.state_mac = sealed.epoch, sealed.mac
        self.blobs = dict(sealed.blobs)
        return sealed


def columns(sealed: SealedValues, slot: int, *names: str) -> dict[str, bytes]:
    """The columns of the part's row that these values go into."""
    places = {name: f"{KIND}.{name}/{slot}" for name in names}
    return {
        f"{name}_sealed": sealed.blobs[place]
        for name, place in places.items()
        if place in sealed.blobs
    }


def place(name: str, slot: int) -> str:
    return f"{KIND}.{name}/{slot}"


def facts(sealed: SealedValues) -> dict[str, object]:
    """What the entry of the change says of the new state, which is kept beside the log."""
    return {"state": states.keep([sealed]), "held": 1}


def content(row: Any) -> str:
    """The hash of a part's sealed values as they lie there: other bytes are another content."""
    blobs = parts.places(KIND, row)
    said = {name: sha256(blob).hexdigest() for name, blob in blobs.items()}
    return sha256(canonical(said).encode()).hexdigest()
