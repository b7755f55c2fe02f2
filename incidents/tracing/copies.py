"""What left in one piece as the source of a list: exports, partners' copies, books that were handed over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from django.db.models import QuerySet
from pyroaring import BitMap

from access.models import Export
from incidents.tracing.lists import PAGE, TheList
from incidents.tracing.looks import Window
from incidents.tracing.weighing import Source
from transfers.models import SentRecord, SharedCopy

EXPORT: Final = "export"
PARTNER: Final = "partner"
PACKAGE: Final = "package"
Times = Mapping[datetime, BitMap]  # of the list, what was given when


def exports(the_list: TheList, window: Window, chances: Mapping[str, float]) -> Iterator[Source]:
    """Files that left by approval; whoever took one has had all of it at once.

    `chances`: by export, that a file which is not it would fit its fingerprint as well.
    """
    rows = Export.objects.filter(
        included__isnull=False, approved_at__gte=window.since, approved_at__lt=window.until
    )
    if the_list.fields:
        rows = rows.filter(elements__overlap=sorted(the_list.fields))
    for code, included, canaries, at in rows.values_list(
        "code", "included", "canaries", "approved_at"
    ):
        whole = BitMap([*(included or ()), *canaries])
        if covered := whole & the_list.listed.subjects:
            source = _source(EXPORT, code, whole, {at: covered}, the_list)
            yield replace(source, fingerprint=chances.get(code))


def partners(the_list: TheList, window: Window) -> Iterator[Source]:
    """Copies that each partner was given."""
    given = SharedCopy.objects.filter(given_at__gte=window.since, given_at__lt=window.until)
    if the_list.fields:
        given = given.filter(elements__overlap=sorted(the_list.fields))
    yield from _given(PARTNER, given, "counterparty__code", "given_at", the_list)


def packages(the_list: TheList, window: Window) -> Iterator[Source]:
    """Books that were handed over, by their transfers."""
    sent = SentRecord.objects.filter(
        hand_over__created_at__gte=window.since, hand_over__created_at__lt=window.until
    )
    code, at = "hand_over__transfer__code", "hand_over__created_at"
    yield from _given(PACKAGE, sent, code, at, the_list)


def _given(
    kind: str, rows: QuerySet[Any], code: str, at: str, the_list: TheList
) -> Iterator[Source]:
    whole: dict[str, BitMap] = defaultdict(BitMap)
    times: dict[str, dict[datetime, BitMap]] = defaultdict(lambda: defaultdict(BitMap))
    for ref, subject, moment in rows.values_list(code, "subject_id", at).iterator(chunk_size=PAGE):
        whole[ref].add(subject)
        if subject in the_list.listed.subjects:
            times[ref][moment].add(subject)
    for ref, found in times.items():
        yield _source(kind, ref, whole[ref], found, the_list)


def _source(kind: str, ref: str, whole: BitMap, times: Times, the_list: TheList) -> Source:
    covered = BitMap().union(*times.values())
    spans = the_list.spans
    dated = [subject for subject in covered if subject in spans]
    fitting = {
        subject
        for at, some in times.items()
        for subject in some
        if subject in spans and spans[subject].holds(at)
    }
    return Source(
        kind,
        ref,
        the_list.by_stratum(whole),
        covered,
        first=min(times),
        last=max(times),
        fitting=len(fitting) if dated else None,
        dated=len(dated),
    )
