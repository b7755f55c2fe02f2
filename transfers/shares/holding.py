"""What each partner holds: noted with every delivery, asked for later by customer, partner or time."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import QuerySet

from access import keystore
from custodian.crypto import canonical
from records.vault import Plain
from transfers.models import Counterparty, Share, SharedCopy

KEY: Final = "partner-copies"
LENGTH: Final = 16


@dataclass(frozen=True)
class Delivery:
    """What one partner was given of one customer at one moment; `subject` is her ordinal."""

    subject: int
    elements: tuple[str, ...]
    given_at: datetime
    share: str  # its code
    entry: int  # of the query log


def given(
    counterparty: Counterparty, since: datetime, until: datetime
) -> Iterable[Delivery]:  # fmt: skip
    """What a counterparty got from `since` on and before `until`, oldest first, in the acting scope.

    Of customers who are destroyed by now nothing is left here; `Share.given` has their number.
    """
    rows = SharedCopy.objects.filter(
        counterparty=counterparty, given_at__gte=since, given_at__lt=until
    ).order_by("given_at", "pk")
    found = rows.values_list("subject_id", "elements", "given_at", "share__code", "entry")
    for subject, elements, at, share, entry in found.iterator(chunk_size=2_000):
        yield Delivery(subject, tuple(elements), at, share, entry)


def note(share: Share, subjects: Iterable[int], plains: Iterable[Plain], *, entry: int) -> None:
    """Put on record what these subjects' copies hold, in the transaction of whoever gives them out."""
    SharedCopy.objects.bulk_create(drafts(share, subjects, plains, entry=entry))


def drafts(
    share: Share, subjects: Iterable[int], plains: Iterable[Plain], *, entry: int
) -> list[SharedCopy]:
    held: dict[int, dict[str, list[str]]] = {subject: {} for subject in subjects}
    for plain in plains:
        if plain.subject in held:
            held[plain.subject].setdefault(plain.element, []).append(plain.text)
    return [
        SharedCopy(
            share=share,
            counterparty_id=share.agreement.counterparty_id,
            subject_id=subject,
            elements=sorted(values),
            marks={code: mark(subject, code, texts) for code, texts in values.items()},
            entry=entry,
        )
        for subject, values in held.items()
        if values
    ]


def mark(subject: int, element: str, texts: Sequence[str]) -> str:
    """A keyed fingerprint of a customer's values of one element, whatever their order."""
    said = canonical.encode(subject, element, *sorted(texts))
    return keystore.of_named_cached(KEY).mac(said)[:LENGTH].hex()


def live(subject: int) -> QuerySet[SharedCopy]:
    """Deliveries of this customer's whose partner may still hold them."""
    rows = SharedCopy.objects.live().filter(subject=subject)
    return rows.select_related("counterparty", "share__agreement").order_by("given_at")
