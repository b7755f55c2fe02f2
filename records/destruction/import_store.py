"""Files of imports: whoever is destroyed stands in those of her book, too."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from records.destruction.stores import Gone, Residue, register
from records.importing import expiry, store
from records.models import Claim, Customer, ImportFile, Policy

MOST: Final = 20  # of a kind of residue are named


class _ImportFiles:
    """Nobody looks into a file for whom it names: all of a book go whose runs are over."""

    name = "import-files"
    label = _("导入文件")

    def purge(self, gone: Gone) -> None:
        expiry.forget_of(books_of(gone))

    def scan(self, gone: Gone) -> Iterator[Residue]:
        """Also those that somebody is at: a draft, or an import that runs, is not taken from its owner."""
        books = books_of(gone)
        there = expiry.of_books(books).values_list("ref", "run__ref", "run__status")
        for ref, run, status in there[:MOST]:
            yield Residue(self.name, f"file {ref} of import {run} ({status})")
        removed = ImportFile.objects.filter(run__book__in=books, removed_at__isnull=False)
        for file in removed.iterator(chunk_size=500):
            if store.path_of(file.ref.hex).exists():
                yield Residue(self.name, f"content of file {file.ref}")

    def scan_whole(self, ordinals: BitMap) -> Iterator[Residue]:
        """Every page tells its books."""
        yield from ()


def books_of(gone: Gone) -> set[int]:
    """The books from which anything of what goes came."""
    policies = gone.holdings.get("policy", [])
    claims = gone.holdings.get("claim", [])
    books = set(Policy.objects.filter(holding__in=policies).values_list("book_id", flat=True))
    books |= set(Claim.objects.filter(holding__in=claims).values_list("policy__book_id", flat=True))
    whose = Customer.objects.filter(subject__in=gone.subjects)
    return books | set(whose.values_list("book_id", flat=True))


def clear(gone: Gone) -> None:
    """Before the certificate: imports that ended since, and what a kill left on the disk after the commit."""
    with transaction.atomic():
        expiry.forget_of(books_of(gone))
    removed = ImportFile.objects.filter(run__book__in=books_of(gone), removed_at__isnull=False)
    store.unlink(removed.values_list("ref", flat=True).iterator(chunk_size=500))


def ready() -> None:
    register(_ImportFiles())
