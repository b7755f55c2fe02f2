"""The words of a request: sealed when they are written, read through the gate by whoever may.

All of a request lies under one key; a message has a row of its own and a slot, the rest a column each.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import uuid4

from access import gate, keystore
from access.actions import Action
from access.actors import Actor
from access.models import Unit
from custodian import clock
from records import parts, states, vault
from records.catalogue import REQUEST_MESSAGE
from records.models import CustomerRequest, RequestMessage
from records.vault import SealedValues

MESSAGE: Final = REQUEST_MESSAGE.code
KIND: Final = "request"
LONGEST: Final = 2_000  # characters of one text


@dataclass(frozen=True, repr=False)
class Said:
    """One message in clear."""

    author: str
    at: datetime
    unit: Unit | None
    text: str

    def __repr__(self) -> str:
        return f"<message of {self.author}, not shown>"


@dataclass(frozen=True, repr=False)
class Texts:
    """What a request says, by the name of its column; `entry` is the look's place in the log."""

    entry: int
    values: Mapping[str, str]
    messages: Sequence[Said]

    def __repr__(self) -> str:
        return "<texts of a request, not shown>"

    def __getattr__(self, name: str) -> str:
        if name.startswith("__"):
            raise AttributeError(name)
        return self.values.get(name, "")


def begin(request: CustomerRequest, values: Mapping[str, str]) -> SealedValues:
    """Seal the first words of a request that is not saved yet; `values` by the name of their column."""
    request.holding = uuid4()
    key = keystore.create({request.holding: request.subject_id})[request.holding]
    said = {f"{KIND}.{name}": text for name, text in values.items() if text}
    sealed = vault.seal(said, holding=request.holding, key=key)
    _take(request, sealed)
    return sealed


def write(
    request: CustomerRequest, values: Mapping[str, str], *, message: str = "", author: str = "",
    unit: Unit | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Seal more words, in the transaction of the act that says them; the facts of its entry.

    The row is locked, so that of two at once neither seals over the other.
    """
    held = CustomerRequest.objects.select_for_update(of=("self",)).get(pk=request.pk)
    before = parts.sealed_of(KIND, held) | parts.blobs_of(KIND, [held.pk]).get(held.pk, {})
    said = {f"{KIND}.{name}": text for name, text in values.items() if text}
    slot = 1 + max((_slot(place) for place in before), default=0)
    if message:
        said[f"{MESSAGE}/{slot}"] = message
    key = keystore.unlock({held.holding: held.subject_id})[held.holding]
    sealed = vault.seal(said, holding=held.holding, key=key, epoch=held.epoch, before=before)
    columns = _take(request, sealed)
    CustomerRequest.objects.filter(pk=held.pk).update(
        **{name: getattr(request, name) for name in columns}
    )
    if message:
        RequestMessage.objects.create(
            request=held, subject_id=held.subject_id, slot=slot, author=author, unit=unit,
            message_sealed=sealed.blobs[f"{MESSAGE}/{slot}"],
        )  # fmt: skip
    return facts(sealed)


def facts(sealed: SealedValues) -> dict[str, Any]:
    return {"state": states.keep([sealed]), "held": 1}


def _take(request: CustomerRequest, sealed: SealedValues) -> list[str]:
    """Put the blobs into the row; the names of the columns that a change has to write."""
    changed = ["epoch", "state_mac", "origins"]
    request.epoch, request.state_mac = sealed.epoch, sealed.mac
    day = clock.local().date().isoformat()
    for place, blob in sealed.blobs.items():
        code, _, slot = place.partition("/")
        if not slot:
            column = f"{code.partition('.')[2]}_sealed"
            setattr(request, column, blob)
            changed.append(column)
        request.origins.setdefault(code, [request.came_by, day])
    return changed


def _slot(place: str) -> int:
    return int(place.partition("/")[2] or 0)


def read(
    request: CustomerRequest, *, purpose: str, channel: str, actor: Actor, hide: Iterable[str] = ()
) -> Texts:
    """Every word of a request in clear, decided and logged as one look; `hide` names columns left out."""
    codes = [f"{KIND}.{name}" for name in _held(request) if name not in set(hide)]
    messages = list(RequestMessage.objects.filter(request=request).select_related("unit"))
    if any(each.message_sealed is not None for each in messages):
        codes.append(MESSAGE)
    permit = gate.permit(
        actor,
        Action.REQUEST_READ,
        purpose=purpose,
        channel=channel,
        subjects=[request.subject_id],
        elements=codes,
        holdings=[request.holding],
        masked=not codes,  # nothing was written: nothing is shown, whatever of hers is restricted
        facts={"request": request.ref},
    )
    plain = vault.reveal(permit) if codes else []
    by_slot = {each.slot: each.text for each in plain if each.element == MESSAGE}
    return Texts(
        permit.entry,
        {each.element.partition(".")[2]: each.text for each in plain if not each.slot},
        [
            Said(each.author, each.at, each.unit, by_slot[each.slot])
            for each in messages
            if each.slot in by_slot
        ],
    )


def _held(request: CustomerRequest) -> list[str]:
    return [
        column.name.removesuffix("_sealed")
        for column in request._meta.concrete_fields
        if column.name.endswith("_sealed") and getattr(request, column.name) is not None
    ]
