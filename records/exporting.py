"""The rows of an export, and whose the rows of a file are: what access does not know of customers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
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
from records.identifiers.dates import check_date
from records.models import BlindIndex, Customer
from records.overview import CLAIM, FINANCIAL, ORGANISATION, PERSON, POLICY
from records.vault import Plain

BETWEEN = "；"  # of several policies, claims or accounts in one cell
PAGE = 2_000
MOST_PAIRED = 3  # names and days of a row that are tried together
Fingerprint = tuple[str, bytes]  # element and digest
_IDENTITY = tuple(dict.fromkeys((*PERSON, *ORGANISATION)))
# What a cell may be, by its shape; each is looked up by its fingerprint.
_SHAPES: Mapping[str, re.Pattern[str]] = {
    "identity.mobile": re.compile(r"(\+?86)?1\d{10}"),
    "identity.id_number": re.compile(r"\d{17}[\dXx]|\d{15}|[0-9A-Z]{18}|[A-Z]{1,2}\d{7,9}"),
    "identity.email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "financial.bank_account": re.compile(r"\d{12,19}"),
    "policy.number": re.compile(r"(?=.*\d)[0-9A-Za-z-]{8,24}"),
}
_NAME = re.compile(r"[\u3400-\u9fff·]{2,20}|[A-Za-z][A-Za-z .'-]{2,40}")


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


def _identified(rows: Sequence[Sequence[str]]) -> list[int | None]:
    cells = [list(_texts(row)) for row in rows]
    refs = {ref for row in cells for each in row if (ref := references.read(each, kind="c"))}
    known = dict(Customer.objects.filter(ref__in=refs).values_list("ref", "pk"))
    named = [_by_ref(row, known) for row in cells]
    left = {at: _fingerprints(cells[at]) for at, found in enumerate(named) if found is None}
    owners = _owners(key for keys in left.values() for key in keys)
    for at, keys in left.items():
        named[at] = _most([owners[key] for key in keys if key in owners])
    return named


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


def _fingerprints(row: Sequence[str]) -> list[Fingerprint]:
    """What the cells of a row would have left in the blind indexes, whatever columns they stood in."""
    found: list[Fingerprint] = []
    for text in row:
        plain = text.replace(" ", "")
        for code, shape in _SHAPES.items():
            if shape.fullmatch(plain):
                found += [(code, digest) for digest in blind_indexes.digests(code, text)]
    names = [text for text in row if _NAME.fullmatch(text)][:MOST_PAIRED]
    days = [day for text in row if (day := check_date(text).value)][:MOST_PAIRED]
    found += [
        (blind_indexes.COMBINED, digest)
        for name in names
        for day in days
        for digest in blind_indexes.of_query(blind_indexes.COMBINED, (name, day))
    ]
    return found


def _owners(wanted: Iterable[Fingerprint]) -> dict[Fingerprint, set[int]]:
    by_code: dict[str, set[bytes]] = defaultdict(set)
    for code, digest in wanted:
        by_code[code].add(digest)
    owners: dict[Fingerprint, set[int]] = defaultdict(set)
    for code, digests in by_code.items():
        rows = BlindIndex.objects.current().filter(element=code, digest__in=list(digests))
        for stored, subject in rows.values_list("digest", "subject_id"):
            owners[code, bytes(stored)].add(subject)
    return owners


def _most(hits: Sequence[set[int]]) -> int | None:
    """Whom most of a row's cells are; a telephone may be a whole family's, so a tie is nobody."""
    counted = Counter(subject for hit in hits for subject in hit).most_common(2)
    if not counted or (len(counted) > 1 and counted[0][1] == counted[1][1]):
        return None
    return counted[0][0]


builders.register("customers", Customers())
