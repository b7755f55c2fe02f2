"""Rows that were set aside: sealed under their book's own holding, with the reasons beside them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction

from access import keystore
from access.keystore import DataKey
from custodian import clock
from records import bulk, legal_holds
from records.importing.drafts import Flaw
from records.models import Book, ImportRun, QuarantinedRow
from records.models.imports import expiry


@dataclass(frozen=True, kw_only=True)
class SetAside:
    """A row on its way into the quarantine."""

    kind: str
    sheet: int
    number: int
    flaws: Sequence[Flaw]
    digest: bytes
    key_digest: bytes
    source: str
    headers: Sequence[str] = field(repr=False)
    cells: Sequence[str] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Opened:
    """A row in clear, for the person who puts it right."""

    source: str
    headers: tuple[str, ...]
    cells: tuple[str, ...] = field(repr=False)


class Seal:
    """A book's quarantine key, fetched once before any transaction that may be rolled back."""

    def __init__(self, book: Book) -> None:
        name = f"quarantine/{book.code}"
        self._holding = keystore.named_holding(name)
        self._key: DataKey = keystore.of_named(name)

    def seal(self, ref: UUID, row: SetAside) -> bytes:
        text = json.dumps([row.source, list(row.headers), list(row.cells)], ensure_ascii=False)
        return self._key.seal(text.encode(), context=self._context(ref))

    def open(self, row: QuarantinedRow) -> Opened:
        plain = self._key.open(bytes(row.row_sealed), context=self._context(row.ref))
        source, headers, cells = json.loads(plain)
        return Opened(source=source, headers=tuple(headers), cells=tuple(cells))

    def _context(self, ref: UUID) -> Any:
        # Bound to its row, so that two rows cannot change places.
        return self._key.context(
            insurer=settings.CUSTODIAN_INSURER,
            holding=self._holding,
            element=f"quarantine.row/{ref}",
            version=1,
        )


def put(rows: Iterable[SetAside], *, run: ImportRun, seal: Seal) -> None:
    """Keep rows until they expire; one that is here already stays as it is."""
    now, until = clock.now(), expiry()
    bulk.insert(
        "records_quarantinedrow",
        {
            "ref": "uuid",
            "run_id": "bigint",
            "book_id": "bigint",
            "kind": "text",
            "sheet": "smallint",
            "number": "bigint",
            "reasons": "jsonb",
            "row_digest": "bytea",
            "key_digest": "bytea",
            "row_sealed": "bytea",
            "status": "text",
            "arrived_at": "timestamptz",
            "expires_at": "timestamptz",
        },
        [_row(row, run, seal, now, until) for row in rows],
        conflict="ON CONFLICT (book_id, kind, row_digest) DO NOTHING",
    )


def expire() -> int:
    """Delete what has been kept for its time and is of no book on hold; the log keeps that it was there."""
    with transaction.atomic():
        legal_holds.exclude_new()
        over = QuarantinedRow.objects.filter(expires_at__lte=clock.now())
        count, _ = over.exclude(book__in=legal_holds.books()).delete()
    return count


def _row(
    row: SetAside, run: ImportRun, seal: Seal, now: datetime, until: datetime
) -> tuple[object, ...]:
    ref = uuid4()
    return (
        ref,
        run.pk,
        run.book_id,
        row.kind,
        row.sheet,
        row.number,
        json.dumps([[flaw.problem.code, flaw.target or ""] for flaw in row.flaws]),
        row.digest,
        row.key_digest,
        seal.seal(ref, row),
        QuarantinedRow.Status.OPEN,
        now,
        until,
    )
