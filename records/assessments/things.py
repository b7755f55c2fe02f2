"""What impact assessments are about: purposes and sources of this app, and what other apps bring."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import pgettext_lazy

from access import purpose_versions
from access.law.reading import today
from access.law.words import english
from custodian import elements
from custodian.regimes.assessments import Occasion
from custodian.regimes.purposes import EVERYTHING, ProcessingPurpose
from records.models import Book, Customer
from records.ports import Assessable, assessables, register_assessables

PURPOSE: Final = "purpose"
SOURCE: Final = "source"
OTHER: Final = "other"  # in the writer's own words; its elements are chosen


def known_elements() -> tuple[str, ...]:
    return tuple(each.code for each in elements.catalogue())


def has_sensitive(codes: Sequence[str]) -> bool:
    return any(elements.known(code) and elements.get(code).sensitive for code in codes)


def find(kind: str, code: str) -> Assessable | None:
    """As it is done; None where nothing is (any more)."""
    port = assessables().get(kind)
    return port.find(code) if port else None


def planned(kind: str, code: str) -> Assessable | None:
    port = assessables().get(kind)
    return port.planned(code) if port else None


def everything() -> Iterator[Assessable]:
    for port in assessables().values():
        yield from port.all()


def reference_of(kind: str, code: str) -> str:
    """As people call it: purposes go by their names alone."""
    return "" if kind == PURPOSE else code


def label_of(kind: str) -> str:
    port = assessables().get(kind)
    return str(port.label if port else OTHER_LABEL)


OTHER_LABEL: Final = pgettext_lazy("评估对象", "其他处理")


class _Kind:
    def planned(self, code: str) -> Assessable | None:
        """Another version of it begins with a day of its own, and is then what is done."""
        return self.find(code)

    def find(self, code: str) -> Assessable | None:
        return next((each for each in self.all() if each.code == code), None)

    def all(self) -> Sequence[Assessable]:
        raise NotImplementedError


class Purposes(_Kind):
    """Processing as the register says it today; with anything sensitive in it an assessment comes first."""

    label = pgettext_lazy("评估对象", "处理目的")

    def all(self) -> Sequence[Assessable]:
        known = purpose_versions.register(today())
        return [_purpose(each) for each in known.values() if each.offered]


def _purpose(found: ProcessingPurpose) -> Assessable:
    codes = known_elements() if EVERYTHING in found.elements else found.elements
    return Assessable(
        kind=PURPOSE,
        code=found.code,
        name=found.name_en if english() else found.name,
        elements=tuple(codes),
        looks=found.looks,
        occasions=(Occasion.SENSITIVE, Occasion.AUTOMATED, Occasion.PUBLISH, Occasion.OTHER),
        owed=has_sensitive(codes),
        url=reverse("admin:law_purpose", args=[found.code]),
    )


class Sources(_Kind):
    """A book that came from somewhere: whatever the catalogue knows may be in it."""

    label = pgettext_lazy("评估对象", "账册来源")

    def all(self) -> Sequence[Assessable]:
        return [_source(each) for each in Book.objects.all()]


def _source(book: Book) -> Assessable:
    return Assessable(
        kind=SOURCE,
        code=book.code,
        name=book.name,
        reference=book.code,
        elements=known_elements(),
        occasions=(Occasion.SENSITIVE, Occasion.OTHER),
        url=reverse("admin:records_book_changelist"),
        among=Customer.objects.filter(book=book).values("pk"),
    )


def ready() -> None:
    register_assessables(PURPOSE, Purposes())
    register_assessables(SOURCE, Sources())
