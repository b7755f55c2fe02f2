"""What customers agreed to, held against a look: pure, so that every case of it can be tried."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final

from access.vocabulary import OPTIONAL

MISSING: Final = "consent-missing"
WITHDRAWN: Final = "consent-withdrawn"
NOT_AGREED: Final = frozenset({MISSING, WITHDRAWN})


@dataclass(frozen=True)
class Chosen:
    """One choice that stands: for a purpose as a whole, or for one element under it."""

    purpose: str
    element: str
    agreed: bool

    def is_about(self, purpose: str, elements: Collection[str]) -> bool:
        return self.purpose == purpose and (not self.element or self.element in elements)


def read(text: str) -> Chosen:
    """As the statement that finds subjects says it."""
    purpose, element, agreed = text.split(" ")
    return Chosen(purpose, element, agreed == "true")


def against(
    purpose: str, elements: Collection[str], customers: Iterable[Collection[Chosen]]
) -> str:
    """The reason why these elements of these customers stay shut for the purpose; empty if none does.

    What only consent allows needs hers; whatever rests on something else goes on until she says no.
    """
    reasons = {_against(purpose, elements, each) for each in customers}
    return next((each for each in (WITHDRAWN, MISSING) if each in reasons), "")


def _against(purpose: str, elements: Collection[str], chosen: Collection[Chosen]) -> str:
    said = {each.agreed for each in chosen if each.is_about(purpose, elements)}
    if False in said:
        return WITHDRAWN
    return MISSING if purpose in OPTIONAL and not said else ""
