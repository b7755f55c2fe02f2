"""Which purposes a customer is asked about, in words, and what a shut look would have rested on."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from access.law.words import english
from custodian.regimes.purposes import Basis, ProcessingPurpose, Who, processing_purposes
from records.catalogue import BASES as CATALOGUE_BASES
from records.models import Customer

BASES: Final[dict[str, Any]] = {
    Basis.CONSENT: pgettext_lazy("合法性基础", "同意"),
    Basis.CONTRACT: _("订立、履行合同所必需"),
    Basis.DUTY: _("履行法定义务"),
    Basis.EMERGENCY: _("应对紧急情况"),
    Basis.NEWS: _("为公共利益的新闻报道"),
    Basis.PUBLIC: _("依法公开的信息"),
    Basis.LAW: _("法律、行政法规另有规定"),
}
# As the customer is told, whose consent it is.
HERS: Final = {False: _("您的同意"), True: _("您的单独同意")}


def purposes() -> list[ProcessingPurpose]:
    """All that rest on consent."""
    return [each for each in processing_purposes().values() if each.asks]


def others() -> list[ProcessingPurpose]:
    """Those that rest on something else: nobody is asked, and nobody can withdraw anything."""
    return [each for each in processing_purposes().values() if not each.asks]


def of_customer(customer: Customer) -> list[ProcessingPurpose]:
    return [each for each in purposes() if concerns(each, customer)]


def concerns(purpose: ProcessingPurpose, customer: Customer) -> bool:
    if purpose.who is Who.CHILD:
        return customer.is_child
    return purpose.who is Who.ALL or customer.kind == Customer.Kind.PERSON


def find(code: str) -> ProcessingPurpose | None:
    found = processing_purposes().get(code)
    return found if found is not None and found.asks else None


def behind(look: str, elements: Collection[str]) -> list[ProcessingPurpose]:
    """The purposes whose consent a look at these elements rests on."""
    return [each for each in purposes() if each.covers(look, elements)]


def of_element(element: str) -> list[ProcessingPurpose]:
    """What asks for this element by name; a child's data are asked for as a whole."""
    return [each for each in purposes() if element in each.elements]


def names(codes: Collection[str]) -> list[str]:
    """Of these, in the order of the register."""
    return [name(each) for each in purposes() if each.code in codes]


def name(purpose: ProcessingPurpose) -> str:
    return purpose.name_en if english() else purpose.name


def says(purpose: ProcessingPurpose) -> str:
    return purpose.says_en if english() else purpose.says


def without(purpose: ProcessingPurpose) -> str:
    return purpose.without_en if english() else purpose.without


def basis(purpose: ProcessingPurpose) -> Any:
    """The ground, as the customer reads it."""
    return HERS[purpose.separate] if purpose.asks else BASES[purpose.basis]


def ground(purpose: ProcessingPurpose) -> Any:
    """The same for staff."""
    return CATALOGUE_BASES["consent"] if purpose.separate else BASES[purpose.basis]
