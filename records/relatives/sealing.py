"""What a relative said, and his papers: sealed under keys that are no customer's and go with the ask."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import connection

from access import keystore
from access.keystore import DataKey
from access.sealed_files import Sealing, Shelf
from records.evidence import Drawn
from records.models import RelativeAsk, RelativePaper

SHELF: Final = Shelf("relatives", "relative-paper")


@dataclass(frozen=True, repr=False)
class Said:
    """As he typed it. It never prints itself."""

    policy_number: str
    id_number: str
    name: str
    contact: str
    text: str


def seal(ref: UUID, said: Said) -> bytes:
    key = keystore.of_named(_name(ref))
    text = json.dumps(asdict(said), ensure_ascii=False)
    return key.seal(text.encode(), context=_context(key, ref, "said"))


def opened(ask: RelativeAsk) -> Said:
    """For a worker, or after a permit: see `reading`."""
    key = keystore.of_named_held(_name(ask.ref))
    plain = key.open(bytes(ask.said_sealed), context=_context(key, ask.ref, "said"))
    return Said(**json.loads(plain))


def keep_paper(ask: RelativeAsk, number: int, drawn: Drawn) -> RelativePaper:
    key = keystore.of_named(_name(ask.ref))
    paper = RelativePaper(
        ask=ask,
        number=number,
        media_type=drawn.kept.media_type,
        size=len(drawn.kept.content),
        pages=drawn.received.pages,
    )
    paper.holding = keystore.named_holding(SHELF.holding(paper.ref))
    paper.name_sealed = key.seal(drawn.name.encode(), context=_context(key, paper.ref, "name"))
    out = Sealing(paper.ref, SHELF)
    try:
        out.write(drawn.kept.content)
        out.keep()
        paper.save()
    except BaseException:
        out.drop()
        SHELF.remove(paper.ref)
        raise
    return paper


def name_of(paper: RelativePaper) -> str:
    key = keystore.of_named_held(_name(paper.ask.ref))
    blob = bytes(paper.name_sealed)
    return str(key.open(blob, context=_context(key, paper.ref, "name")).decode())


def content_of(paper: RelativePaper) -> Iterator[bytes]:
    return SHELF.read(paper.ref)


def destroy(ask: RelativeAsk) -> None:
    """Rows, files and the keys that they were sealed under."""
    for paper in ask.papers.all():
        SHELF.remove(paper.ref)
    with connection.cursor() as cursor:
        cursor.execute("SELECT records_forget_relative(%s)", [str(ask.ref)])
    RelativeAsk.objects.filter(pk=ask.pk).delete()


def holding_of(ref: UUID) -> UUID:
    return keystore.named_holding(_name(ref))


def _name(ref: UUID) -> str:
    return f"relative/{ref}"


def _context(key: DataKey, ref: UUID, what: str) -> Any:
    return key.context(
        insurer=settings.CUSTODIAN_INSURER,
        holding=keystore.named_holding("relative"),
        element=f"relative.{what}/{ref}",
        version=1,
    )
