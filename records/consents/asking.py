"""Which purposes a customer is asked about, in words, and what a shut look would have rested on.

The register is that of today, with what this insurer has changed; who needs it for many reads it once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from access import purpose_versions
from access.law import purpose_words
from access.law.reading import today
from custodian.regimes.purposes import ProcessingPurpose, Who
from records.catalogue import BASES as CATALOGUE_BASES
from records.models import Customer

Register = Mapping[str, ProcessingPurpose]
# As the customer is told, whose consent it is.
HERS: Final = {False: _("您的同意"), True: _("您的单独同意")}
name, says, without = purpose_words.name, purpose_words.says, purpose_words.without
kept = purpose_words.kept


def register() -> Register:
    """Every purpose as it holds today, offered or not."""
    return purpose_versions.register(today())


def purposes(known: Register | None = None) -> list[ProcessingPurpose]:
    """All that rest on consent."""
    return [each for each in _known(known) if each.asks]


def others(known: Register | None = None) -> list[ProcessingPurpose]:
    """Those that rest on something else: nobody is asked, and nobody can withdraw anything."""
    return [each for each in _known(known) if each.offered and not each.asks]


def _known(known: Register | None) -> Collection[ProcessingPurpose]:
    return (register() if known is None else known).values()


def of_customer(customer: Customer) -> list[ProcessingPurpose]:
    return [each for each in purposes() if concerns(each, customer)]


def concerns(purpose: ProcessingPurpose, customer: Customer) -> bool:
    if purpose.who is Who.CHILD:
        return customer.is_child
    return purpose.who is Who.ALL or customer.kind == Customer.Kind.PERSON


def find(code: str) -> ProcessingPurpose | None:
    found = register().get(code)
    return found if found is not None and found.asks else None


def behind(look: str, elements: Collection[str]) -> list[ProcessingPurpose]:
    """The purposes whose consent a look at these elements rests on."""
    return [each for each in purposes() if each.covers(look, elements)]


def of_element(element: str, known: Register | None = None) -> list[ProcessingPurpose]:
    """What asks for this element by name; a child's data are asked for as a whole."""
    return [each for each in purposes(known) if element in each.elements]


def names(codes: Collection[str]) -> list[str]:
    """Of these, in the order of the register, asked for still or not."""
    return [name(each) for each in register().values() if each.code in codes]


def basis(purpose: ProcessingPurpose) -> Any:
    """The ground, as the customer reads it."""
    return HERS[purpose.separate] if purpose.asks else purpose_words.BASES[purpose.basis]


def ground(purpose: ProcessingPurpose) -> Any:
    """The same for staff."""
    return CATALOGUE_BASES["consent"] if purpose.separate else purpose_words.BASES[purpose.basis]
