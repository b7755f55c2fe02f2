"""The rows of an export, and whose the rows of a file are: what access does not know of customers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from access import actors, scopes
from access.exports import builders
from access.gate import Permit
from access.models import Subject
from custodian import elements
from records import matching, references, vault, words
from records.matching import BETWEEN
from records.models import Customer
from records.overview import CLAIM, FINANCIAL, ORGANISATION, PERSON, POLICY
from records.vault import Plain

_IDENTITY = tuple(dict.fromkeys((*PERSON, *ORGANISATION)))


class Customers:
    """One row for each customer; a cell holds all her policies, claims or accounts, in one order."""

    elements = tuple(
        code
        for code in (*_IDENTITY, *FINANCIAL, *POLICY, *CLAIM)
        if not elements.get(code).never_shown
    )
    days = frozenset({"identity.birth_date", "identity.id_valid_until"})

    @property
    def head(self) -> str:
        return _("客户编号")

    def canonical(self, typed: str) -> str | None:
        return references.read(typed, kind="c")

    def rows(self, permit: Permit) -> dict[int, dict[str, str]]:
        return self.drawn(permit, vault.reveal(permit))

    def drawn(self, permit: Permit, plains: Iterable[Plain]) -> dict[int, dict[str, str]]:
        """The rows of what this permit has opened."""
        held: dict[int, dict[tuple[str, UUID, int], str]] = defaultdict(dict)
        for plain in plains:
            text = words.in_words(plain.element, plain.text)
            held[plain.subject][plain.element, plain.holding, plain.slot] = text
        codes = sorted(permit.elements)
        # Whoever was moved, restricted or destroyed between decision and reading has no row.
        living = Customer.objects.visible_to(permit.actor).filter(
            pk__in=list(permit.subjects), subject__status=Subject.Status.ACTIVE
        )
        return {
            subject: {"": ref, **_cells(held[subject], codes)}
            for subject, ref in living.values_list("pk", "ref")
        }

    def identify(self, rows: Sequence[Sequence[str]]) -> list[int | None]:
        with scopes.acting(actors.system("exporter")):
            return [found.subject if found else None for found in matching.match(rows)]


def _cells(held: Mapping[tuple[str, UUID, int], str], codes: Sequence[str]) -> dict[str, str]:
    """Values under one holding stay beside each other: the second premium is the second policy's."""
    places: dict[str, list[tuple[UUID, int]]] = {}
    for code, holding, slot in sorted(held):
        known = places.setdefault(_group(code), [])
        if (holding, slot) not in known:
            known.append((holding, slot))
    found = {}
    for code in codes:
        texts = [held.get((code, *place), "") for place in places.get(_group(code), ())]
        found[code] = BETWEEN.join(texts) if any(texts) else ""
    return found


def _group(code: str) -> str:
    return "income" if code == "financial.income" else code.partition(".")[0]


builders.register("customers", Customers())
