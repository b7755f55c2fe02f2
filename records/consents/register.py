"""Holds the register of purposes against the catalogue and the purposes of looks: one truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from access.vocabulary import OPTIONAL, Purpose
from custodian import elements
from custodian.regimes.purposes import EVERYTHING, Basis, ProcessingPurpose

# The ground that an element names, by what the register calls it.
GROUNDS: Final[Mapping[str, Basis]] = {
    "contract": Basis.CONTRACT, "duty": Basis.DUTY, "rights": Basis.DUTY, "consent": Basis.CONSENT,
}  # fmt: skip
# What the law has the company do whatever a customer agrees to, and her own looks: no consent shuts these.
DUTIES: Final = frozenset(
    {
        Purpose.COMPLAINT, Purpose.COMPLIANCE, Purpose.AUDIT, Purpose.REGULATION, Purpose.SECURITY,
        Purpose.IMPORT, Purpose.SELF, Purpose.SYSTEM,
    }
)  # fmt: skip


def differences(register: Mapping[str, ProcessingPurpose]) -> Iterator[str]:
    """What does not fit, in a sentence each."""
    for each in register.values():
        yield from _of_purpose(each)
    for element in elements.catalogue():
        ground = GROUNDS.get(element.basis)
        if not any(
            element.code in each.elements for each in register.values() if each.basis is ground
        ):
            yield f"{element.code} rests on {element.basis}, and no purpose asks for it"
    yield from _twice(register)


def _of_purpose(purpose: ProcessingPurpose) -> Iterator[str]:
    for look in purpose.looks:
        if look not in Purpose.values:
            yield f"{purpose.code} covers {look}, which is no purpose of a look"
        elif purpose.asks and look in DUTIES:
            yield f"{purpose.code} is asked for, and {look} is a duty"
        elif purpose.optional != (look in OPTIONAL):
            yield f"{purpose.code} and {look} differ in whether only consent allows it"
    for code in purpose.elements:
        if code != EVERYTHING and not elements.known(code):
            yield f"{purpose.code} uses {code}, which is not in the catalogue"


def _twice(register: Mapping[str, ProcessingPurpose]) -> Iterator[str]:
    """An element has one consent under one purpose of a look, apart from a child's as a whole."""
    seen: dict[tuple[str, str], str] = {}
    for each in register.values():
        for place in ((look, code) for look in each.looks for code in each.elements if each.asks):
            if place in seen:
                yield f"{place[1]} under {place[0]} is asked for by {seen[place]} and {each.code}"
            seen[place] = each.code
