"""Keyed fingerprints that let sealed values be looked up by equality, and their size."""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from math import ceil, log2

from custodian.crypto import canonical
from custodian.crypto.normalise import (
    normalise_account,
    normalise_email,
    normalise_id_number,
    normalise_mobile,
    normalise_name,
    normalise_policy_number,
    normalise_text,
)

__all__ = [
    "combined_index",
    "index",
    "index_of_bits",
    "normalise_account",
    "normalise_email",
    "normalise_id_number",
    "normalise_mobile",
    "normalise_name",
    "normalise_policy_number",
    "normalise_text",
    "planned_bits",
]

LENGTHS = range(1, 33)
BITS = range(1, 257)


def index(value: str, *, key: bytes, length: int = 16) -> bytes:
    """Fingerprint of one normalised value under the key of its insurer and element."""
    return combined_index([value], key=key, length=length)


def combined_index(values: Sequence[str], *, key: bytes, length: int = 16) -> bytes:
    """Fingerprint of several values that are only ever looked up together."""
    if length not in LENGTHS:
        raise ValueError("an index has 1 to 32 bytes")
    if not values or not all(values):
        # All the people without a value would share one index, and so be listed together.
        raise ValueError("an empty value is not indexed")
    return hmac.digest(key, canonical.encode(*values), "sha256")[:length]


def index_of_bits(value: str, *, key: bytes, bits: int) -> bytes:
    """A deliberately coarse fingerprint: only the first `bits` count, the rest are zero."""
    if bits not in BITS:
        raise ValueError("a coarse index has 1 to 256 bits")
    length = (bits + 7) // 8
    whole = int.from_bytes(index(value, key=key, length=length), "big")
    unused = length * 8 - bits
    return (whole >> unused << unused).to_bytes(length, "big")


def planned_bits(distinct: int, rows: int) -> int:
    """Bits a coarse index may have over `rows` rows of `distinct` values; 0 means build none.

    A fingerprint shared by two rows or more proves nothing about one row, and one shared by more
    than the square root of all rows finds nothing, so the plan keeps between the two.
    """
    if distinct < 2 or rows < 4:
        return 0
    bits = min((rows // 2).bit_length() - 1, ceil(log2(distinct)))
    shared = rows / min(2**bits, distinct)
    return bits if shared * shared <= rows else 0
