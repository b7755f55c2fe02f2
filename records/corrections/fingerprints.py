"""Blind indexes after a correction: the new value finds its holder, and the former one while it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from custodian.keys import index_versions
from records import blind_indexes
from records.blind_indexes import Fingerprint
from records.corrections.on_file import Holding, OnFile
from records.models import BlindIndex, FormerValue
from records.vault import SealedValues

Kept = Mapping[str, tuple[FormerValue, SealedValues]]


def renew(known: OnFile, fresh: Mapping[str, str], kept: Kept, *, at: datetime) -> None:
    """`fresh` are texts by place. Former fingerprints hang on the former value, and go when it goes."""
    for holding in known.holdings.values():
        for before, after in _slots(holding, fresh):
            _renew(known.subject, holding, before, after, kept, at=at)


def _slots(
    holding: Holding, fresh: Mapping[str, str]
) -> Sequence[tuple[dict[str, str], dict[str, str]]]:
    """Values before and after by element, those of each account by themselves, as on intake."""
    mine = {place: text for place, text in fresh.items() if place.startswith(f"{holding.kind}.")}
    whole = {**holding.values, **mine}
    slots = {place.partition("/")[2] for place in mine}
    return [(_of(holding.values, slot), _of(whole, slot)) for slot in sorted(slots)]


def _of(values: Mapping[str, str], slot: str) -> dict[str, str]:
    found = {}
    for place, text in values.items():
        code, _slash, at = place.partition("/")
        if at == slot:
            found[code] = text
    return found


def _renew(
    subject: int,
    holding: Holding,
    before: Mapping[str, str],
    after: Mapping[str, str],
    kept: Kept,
    *,
    at: datetime,
) -> None:
    for version in index_versions():
        gone = set(blind_indexes.of_values(before, version=version))
        gone -= set(blind_indexes.of_values(after, version=version))
        for each in gone:
            _end(holding, each, kept, at=at)
    written = blind_indexes.of_values(after)
    known = set(blind_indexes.of_values(before))
    blind_indexes.write([(each, subject, holding.holding) for each in written if each not in known])


def _end(holding: Holding, mark: Fingerprint, kept: Kept, *, at: datetime) -> None:
    """Dated, and moved to the former value that it was made of; a leaked old value still finds its holder."""
    rows = BlindIndex.objects.current().filter(holding=holding.holding, **mark.columns())
    former = next((kept[code] for code in mark.element.split("+") if code in kept), None)
    if former is None:
        rows.delete()
    else:
        rows.update(until=at, holding=former[0].holding)
