"""Public references: random, unordered, with a check character, and easy to read over the telephone."""

from __future__ import annotations

import secrets
from functools import partial

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
RANDOM = 10
_CONFUSED = str.maketrans("ILO", "110")


def new(kind: str) -> str:
    """A new reference such as `c-7K2M-41PD-9QX`: ten random characters and one check character."""
    drawn = secrets.randbits(5 * RANDOM)
    body = "".join(ALPHABET[drawn >> shift & 31] for shift in range(0, 5 * RANDOM, 5))
    return _written(kind, body + _check(body))


def read(text: str, *, kind: str) -> str | None:
    """The canonical form of what a person typed, or None if it cannot be a reference of this kind."""
    body = text.strip().upper().replace("-", "").replace(" ", "")
    body = body.removeprefix(kind.upper()).translate(_CONFUSED) if len(body) > RANDOM + 1 else body
    if len(body) != RANDOM + 1 or any(character not in ALPHABET for character in body):
        return None
    return _written(kind, body) if _check(body[:RANDOM]) == body[RANDOM] else None


def _written(kind: str, body: str) -> str:
    return f"{kind}-{body[:4]}-{body[4:8]}-{body[8:]}"


def _check(body: str) -> str:
    """Weighted so that one wrong character or two swapped neighbours change it (weights odd, mod 32)."""
    total = sum((2 * place + 1) * ALPHABET.index(character) for place, character in enumerate(body))
    return ALPHABET[total % len(ALPHABET)]


new_customer = partial(new, "c")
new_policy = partial(new, "p")
new_claim = partial(new, "k")
new_document = partial(new, "d")
new_request = partial(new, "r")
new_correction = partial(new, "a")  # of an amendment: k is a claim
