"""What stands in the two holdings that corrections change, read by the machine and shown to nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from access import actors, keystore, machine_reads, scopes
from access.actions import Action
from access.keystore import DataKey
from access.models import Subject
from records import parts, vault
from records.corrections import groups
from records.corrections.errors import NotCorrectable
from records.models import Account, Correction, Finances, FormerValue, Identity, Withheld

ACTOR: Final = "corrector"
KINDS: Final = ("identity", "financial")
_MODELS: Final[Mapping[str, Any]] = {"identity": Identity, "financial": Finances}


@dataclass(frozen=True)
class Holding:
    """One of the two as it lies there: the row, its ciphertexts and values by place, and its key."""

    kind: str
    row: Any
    key: DataKey
    blobs: Mapping[str, bytes]
    values: Mapping[str, str]

    @property
    def holding(self) -> UUID:
        found: UUID = self.row.holding
        return found

    def __repr__(self) -> str:
        return f"<{self.kind} #{self.row.subject_id}>"


@dataclass(frozen=True)
class OnFile:
    """Both of a customer. Values are by element; those of one account where a slot is named."""

    subject: int
    holdings: Mapping[str, Holding]

    def of(self, element: str) -> Holding:
        return self.holdings[element.partition(".")[0]]

    def values(self, slot: int) -> dict[str, str]:
        found: dict[str, str] = {}
        for holding in self.holdings.values():
            for place, text in holding.values.items():
                code, _, at = place.partition("/")
                if int(at or 0) in {0, slot}:
                    found[code] = text
        return found

    def slots(self) -> list[int]:
        """The accounts that are there, by their numbers."""
        places = self.holdings["financial"].blobs
        return sorted({int(at) for place in places if (at := place.partition("/")[2])})


def read(subject: int, *, why: str) -> OnFile:
    """Open both; one entry without anybody's tag, because nobody is shown a value.

    Raises `NotCorrectable` for what is stored only, destroyed or withheld, and `Damaged`.
    """
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        rows = {kind: _MODELS[kind].objects.get(subject_id=subject) for kind in KINDS}
        require_usable(subject, [row.holding for row in rows.values()])
        sweep = machine_reads.read(
            Action.CORRECTION_COMPARE,
            subjects=[subject],
            elements=groups.ELEMENTS,
            facts={"correction": why},
            actor=actor,
        )
        keys = keystore.unlock({row.holding: subject for row in rows.values()})
        return OnFile(
            subject,
            {kind: _opened(kind, row, keys[row.holding], sweep) for kind, row in rows.items()},
        )


def proposed(correction: Correction) -> dict[int, str]:
    """What a correction proposes, by the number of the item; shown to nobody."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        sweep = machine_reads.read(
            Action.CORRECTION_COMPARE,
            subjects=[correction.subject_id],
            elements=groups.ELEMENTS,
            facts={"correction": correction.ref},
            actor=actor,
        )
        blobs = parts.blobs_of("correction", [correction.pk]).get(correction.pk, {})
        key = keystore.unlock({correction.holding: correction.subject_id})[correction.holding]
        opened = vault.examine(
            sweep, blobs, subject=correction.subject_id, holding=correction.holding, key=key
        )
        found: dict[int, str] = {}
        for place, text in opened:
            if text is None:
                raise vault.Damaged
            found[int(place.partition("/")[2])] = text
        return found


def former(correction: Correction, *, elements: Sequence[str]) -> dict[str, str]:
    """What it replaced of these elements, as far as that is kept; shown to nobody."""
    actor = actors.system(ACTOR)
    with scopes.acting(actor):
        rows = list(FormerValue.objects.filter(correction=correction, element__in=elements))
        if not rows:
            return {}
        subject = correction.subject_id
        sweep = machine_reads.read(
            Action.CORRECTION_COMPARE, subjects=[subject], elements=elements,
            facts={"correction": correction.ref}, actor=actor,
        )  # fmt: skip
        keys = keystore.unlock({each.holding: subject for each in rows})
        found: dict[str, str] = {}
        for each in rows:
            if each.holding in keys and each.value_sealed is not None:
                blobs = {each.element: bytes(each.value_sealed)}
                opened = vault.examine(
                    sweep, blobs, subject=subject, holding=each.holding, key=keys[each.holding]
                )
                found |= {code: text for code, text in opened if text is not None}
        return found


def require_usable(subject: int, holdings: list[UUID]) -> None:
    """Under a legal hold a value may be corrected: the former one is kept, and held as well."""
    found = scopes.find([subject])
    state = found.get(subject)
    if state is None or state.status != Subject.Status.ACTIVE:
        raise NotCorrectable
    if {holding for _kind, holding in state.restricted} & set(holdings):
        raise NotCorrectable
    if Withheld.objects.filter(holding__in=holdings).exists():
        raise vault.Damaged


def next_slot(subject: int) -> int:
    """The number of an account that is not there yet."""
    with scopes.acting(actors.system(ACTOR)):
        taken = Account.objects.filter(subject_id=subject).values_list("slot", flat=True)
        return max(taken, default=0) + 1


def _opened(kind: str, row: Any, key: DataKey, sweep: machine_reads.Sweep) -> Holding:
    blobs = {**parts.sealed_of(kind, row), **parts.blobs_of(kind, [row.pk]).get(row.pk, {})}
    values: dict[str, str] = {}
    found = vault.examine(sweep, blobs, subject=row.subject_id, holding=row.holding, key=key)
    for place, text in found:
        if text is None:
            raise vault.Damaged
        values[place] = text
    return Holding(kind, row, key, blobs, values)
