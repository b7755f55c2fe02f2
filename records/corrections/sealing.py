"""What is sealed of a correction: its proposals, the note that came with them, the words of a refusal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

from access import keystore
from access.keystore import DataKey
from custodian.tlog.verify import canonical
from records import parts, vault
from records.models import Correction, CorrectionItem
from records.vault import SealedValues

NOTE, REFUSAL = "correction.note", "correction.refusal"


def first(correction: Correction) -> SealedValues:
    """A key and an empty state for a correction that is about to be written."""
    holding = uuid4()
    key = keystore.create({holding: correction.subject_id})[holding]
    sealed = vault.seal({}, holding=holding, key=key)
    correction.holding, correction.epoch, correction.state_mac = holding, sealed.epoch, sealed.mac
    return sealed


def key_of(correction: Correction) -> DataKey:
    holding: UUID = correction.holding
    return keystore.unlock({holding: correction.subject_id})[holding]


def blobs_of(correction: Correction) -> dict[str, bytes]:
    proposed = parts.blobs_of("correction", [correction.pk]).get(correction.pk, {})
    return {**parts.sealed_of("correction", correction), **proposed}


def replace(
    correction: Correction,
    items: Sequence[CorrectionItem],
    values: Mapping[str, str],
    *,
    note: str,
) -> SealedValues:
    """Put these proposals in the place of whatever was proposed before, in the caller's transaction."""
    kept = parts.sealed_of("correction", correction)
    texts = {item.place: values[item.element] for item in items}
    if note:
        texts[NOTE] = note
    else:
        kept.pop(NOTE, None)
    sealed = vault.seal(
        texts,
        holding=correction.holding,
        key=key_of(correction),
        epoch=correction.epoch,
        before=kept,
    )
    CorrectionItem.objects.filter(correction=correction).delete()
    for item in items:
        item.value_sealed = sealed.blobs[item.place]
    CorrectionItem.objects.bulk_create(items)
    _keep(correction, sealed, note_sealed=sealed.blobs.get(NOTE))
    return sealed


def add(correction: Correction, place: str, text: str) -> SealedValues:
    """One more text beside what is sealed already, in the caller's transaction."""
    sealed = vault.seal(
        {place: text},
        holding=correction.holding,
        key=key_of(correction),
        epoch=correction.epoch,
        before=blobs_of(correction),
    )
    _keep(correction, sealed, **{f"{place.partition('.')[2]}_sealed": sealed.blobs[place]})
    return sealed


def _keep(correction: Correction, sealed: SealedValues, **columns: Any) -> None:
    changes = {"epoch": sealed.epoch, "state_mac": sealed.mac, **columns}
    Correction.objects.filter(pk=correction.pk).update(**changes)
    for name, value in changes.items():
        setattr(correction, name, value)


def content(correction: Correction) -> dict[str, Any]:
    """Exactly what is proposed, without any value: what confirmations and approvals are given to."""
    items = CorrectionItem.objects.filter(correction=correction)
    return {
        "correction": correction.ref,
        "group": correction.group,
        "slot": correction.slot,
        "items": [
            {
                "element": item.element,
                "holding": str(item.holding),
                "slot": item.slot,
                "sealed": sha256(bytes(item.value_sealed or b"")).hexdigest(),
            }
            for item in items.order_by("number")
        ],
    }


def digest(correction: Correction) -> str:
    return sha256(canonical(content(correction)).encode()).hexdigest()
