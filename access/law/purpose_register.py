"""Holds a register of purposes against the catalogue and the purposes of looks: one truth."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from access.vocabulary import OPTIONAL, Purpose
from custodian import elements
from custodian.regimes.purposes import EVERYTHING, Basis, Fault, Place, ProcessingPurpose

# The ground that an element names, by what the register calls it.
GROUNDS: Final[Mapping[str, Basis]] = {
    "contract": Basis.CONTRACT, "duty": Basis.DUTY, "rights": Basis.DUTY, "consent": Basis.CONSENT,
}  # fmt: skip
# What the law has the company do whatever a customer agrees to, and her own looks: no consent shuts these.
DUTIES: Final = frozenset(
    {
        Purpose.COMPLAINT, Purpose.COMPLIANCE, Purpose.AUDIT, Purpose.REGULATION, Purpose.SECURITY,
        Purpose.IMPORT, Purpose.TRANSFER, Purpose.SELF, Purpose.SYSTEM,
    }
)  # fmt: skip


def differences(register: Mapping[str, ProcessingPurpose]) -> Iterator[Fault]:
    """What does not fit, one fault after the other; what is not offered counts for nothing."""
    offered = {code: each for code, each in register.items() if each.offered}
    for each in offered.values():
        yield from _of_purpose(each)
    for element in elements.catalogue():
        ground = GROUNDS.get(element.basis)
        if not any(
            element.code in each.elements for each in offered.values() if each.basis is ground
        ):
            yield Fault("nobody", "", element.code, element.basis)
    yield from _twice(offered)


def _of_purpose(purpose: ProcessingPurpose) -> Iterator[Fault]:
    for look in purpose.looks:
        if look not in Purpose.values:
            yield Fault("no-look", purpose.code, look)
        elif purpose.asks and look in DUTIES:
            yield Fault("duty", purpose.code, look)
        elif purpose.optional != (look in OPTIONAL):
            yield Fault("optional", purpose.code, look)
    for code in purpose.elements:
        if code != EVERYTHING and not elements.known(code):
            yield Fault("no-element", purpose.code, code)
        elif purpose.asks and not purpose.separate and _is_sensitive(code):
            yield Fault("separate", purpose.code, code)


def _is_sensitive(code: str) -> bool:
    """PIPL art. 29: these have a consent of their own."""
    return code == EVERYTHING or elements.get(code).sensitive


def _twice(register: Mapping[str, ProcessingPurpose]) -> Iterator[Fault]:
    """An element has one consent under one purpose of a look, apart from a child's as a whole.

    What only consent allows has one for the whole look.
    """
    seen: dict[Place, str] = {}
    for each in register.values():
        if not each.asks:
            continue
        under = ("",) if each.optional else each.elements
        for place in ((look, code) for look in each.looks for code in under):
            if place in seen:
                yield Fault("twice", each.code, place[1] or place[0], seen[place])
            seen[place] = each.code
