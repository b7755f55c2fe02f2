"""The rows of an export, and whose the rows of a file are: what access does not know of customers."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

from django.utils.translation import gettext as _

from access import actors, scopes
from access.exports import builders
from access.gate import Permit
from access.models import Subject
from custodian import elements
from custodian.formula import unguard
from records import blind_indexes, references, vault, words
from records.models import BlindIndex, Customer
from records.overview import CLAIM, FINANCIAL, ORGANISATION, PERSON, POLICY

BETWEEN = "；"  # of several policies, claims or accounts in one cell
PAGE = 2_000
_IDENTITY = tuple(dict.fromkeys((*PERSON, *ORGANISATION)))
# What a cell may be, by its shape; each is looked up by its fingerprint.
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "identity.mobile": re.compile(r"(\+?86)?1\d{10}"),
    "identity.id_number": re.compile(r"\d{17}[\dXx]|\d{15}|[0-9A-Z]{18}|[A-Z]{1,2}\d{7,9}"),
    "identity.email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "financial.bank_account": re.compile(r"\d{12,19}"),
    "policy.number": re.compile(r"(?=.*\d)[0-9A-Za-z-]{8,24}"),
}


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
        held: dict[int, dict[tuple[str, UUID, int], str]] = defaultdict(dict)
        for plain in vault.reveal(permit):
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
            return [
                subject
                for at in range(0, len(rows), PAGE)
                for subject in _identified(rows[at : at + PAGE])
            ]


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


def _identified(rows: Sequence[Sequence[str]]) -> Iterator[int | None]:
    cells = [list(_texts(row)) for row in rows]
    refs = {ref for row in cells for each in row if (ref := references.read(each, kind="c"))}
    known = dict(Customer.objects.filter(ref__in=refs).values_list("ref", "pk"))
    digests = _digests(row for row in cells if not _by_ref(row, known))
    owners = _owners(digests.values())
    for row in cells:
        found = _by_ref(row, known)
        hits = [owners[key] for each in row for key in digests.get(each, ()) if key in owners]
        # A telephone may be a whole family's; most of a row's cells are her own.
        yield found or (max(hits, key=hits.count) if hits else None)


def _texts(row: Sequence[str]) -> Iterator[str]:
    for cell in row:
        for text in unguard(cell).split(BETWEEN):
            if text.strip():
                yield text.strip()


def _by_ref(row: Sequence[str], known: Mapping[str, int]) -> int | None:
    for each in row:
        ref = references.read(each, kind="c")
        if ref is not None and ref in known:
            return known[ref]
    return None


def _digests(rows: Iterable[Sequence[str]]) -> dict[str, list[tuple[str, bytes]]]:
    """For each text the fingerprints that it would have left."""
    found: dict[str, list[tuple[str, bytes]]] = {}
    for text in {each for row in rows for each in row}:
        plain = text.replace(" ", "")
        codes = [code for code, shape in _SHAPES.items() if shape.fullmatch(plain)]
        if codes:
            found[text] = [(code, blind_indexes.digest(code, text)) for code in codes]
    return found


def _owners(digests: Iterable[Sequence[tuple[str, bytes]]]) -> dict[tuple[str, bytes], int]:
    """Whose fingerprint each is; one that several customers share says nothing."""
    wanted: dict[str, set[bytes]] = defaultdict(set)
    for keys in digests:
        for code, digest in keys:
            wanted[code].add(digest)
    owners: dict[tuple[str, bytes], set[int]] = defaultdict(set)
    for code, values in wanted.items():
        rows = BlindIndex.objects.current().filter(element=code, digest__in=list(values))
        for stored, subject in rows.values_list("digest", "subject_id"):
            owners[code, bytes(stored)].add(subject)
    return {key: min(each) for key, each in owners.items() if len(each) == 1}


builders.register("customers", Customers())
