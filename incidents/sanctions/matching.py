"""The fingerprint by which a person is found again: of his ID number, keyed, however it is typed."""

from __future__ import annotations

from custodian.crypto import blind_index
from custodian.crypto.normalise import normalise_id_number
from custodian.keys import source_key
from records.identifiers.resident import to_eighteen

_OLD = 15


def same_number(typed: str) -> str:
    """Full-width digits, spaces and small letters folded; fifteen digits of old become eighteen."""
    number = normalise_id_number(typed)
    old = len(number) == _OLD and number.isascii() and number.isdigit()
    return to_eighteen(number) if old else number


def digest(number: str) -> bytes:
    """Of an own key that never changes, since the list outlives rotations of the index's root."""
    return blind_index.index(same_number(number), key=source_key("rehire.id_number"), length=32)
