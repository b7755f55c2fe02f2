"""Words that a book brings, many at once: judged one after the other, written together.

The same rules as for one word (`records.consents.changing`): a later word that was said here stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from uuid import UUID

from django.db import transaction

from access import actors, gate, purpose_versions, scopes
from access.actions import Action
from access.law.reading import today
from access.models import Subject
from access.purpose_versions import Versions
from access.vocabulary import Purpose
from custodian.errors import NotVisible
from custodian.regimes.purposes import ProcessingPurpose
from records.consents import asking, changing, ending, opening, standing
from records.consents.changing import NotAsked, SaidSince, Word
from records.consents.opening import WRITER
from records.models import Consent, Customer, PolicyRole

Key = tuple[int, str]


@dataclass
class Spoken:
    """What some customers said so far: the last word and the newest day of each purpose."""

    customers: dict[int, Customer] = field(default_factory=dict)
    last: dict[Key, Consent] = field(default_factory=dict)
    newest: dict[Key, datetime] = field(default_factory=dict)
    of_books: set[tuple[int, str, str, datetime, str]] = field(default_factory=set)
    versions: Versions = field(default_factory=dict)  # of purposes that were changed

    @cached_property
    def register(self) -> asking.Register:
        return purpose_versions.register(today(), self.versions)

    def hear(self, row: Consent) -> None:
        key = row.subject_id, row.purpose
        self.last[key] = row
        self.newest[key] = max(row.at, self.newest.get(key, row.at))
        if row.by == Consent.By.IMPORT:
            self.of_books.add(_told(row))


@dataclass(frozen=True)
class Brought:
    """A word to be written, and the one that stood until then."""

    row: Consent
    before: Consent | None


def spoken(subjects: Collection[int]) -> Spoken:
    """Within a transaction: nobody says anything else about these until it ends."""
    found = Spoken(versions=purpose_versions.changed())
    with scopes.acting(actors.system(WRITER)):
        locked = Subject.objects.select_for_update().filter(pk__in=subjects).order_by("pk")
        found.customers = Customer.objects.in_bulk(list(locked.values_list("pk", flat=True)))
        for row in Consent.objects.filter(subject__in=list(found.customers)).order_by("pk"):
            found.hear(row)
    return found


def judge(known: Spoken, subject: int, purpose: ProcessingPurpose, word: Word) -> Brought | None:
    """None where the word adds nothing, or came before. Raises `NotAsked`, `SaidSince`, `NotVisible`."""
    customer = known.customers.get(subject)
    if customer is None:
        raise NotVisible
    if not purpose.asks or not asking.concerns(purpose, customer):
        raise NotAsked
    key = subject, purpose.code
    row, before = changing.row_of(customer, purpose, word, channel=""), known.last.get(key)
    if _told(row) in known.of_books:
        return None
    if before is not None:
        if changing.is_same(standing.held(purpose, before, known.versions), word):
            return None
        if changing.differ(before, word) and changing.is_older(word, known.newest[key]):
            raise SaidSince
    return Brought(row, before)


def _told(row: Consent) -> tuple[int, str, str, datetime, str]:
    return row.subject_id, row.purpose, row.said, row.at, row.source


def write(
    words: Sequence[Brought], known: Spoken, *, channel: str, book: str, operation: UUID | None
) -> None:
    """Rows, entries and what the gate knows, in the caller's transaction."""
    rows = [each.row for each in words]
    for row in rows:
        row.channel = row.channel or channel
    with transaction.atomic(), scopes.acting(actors.system(WRITER)):
        _authorise(rows, channel=channel, book=book, operation=operation)
        Consent.objects.bulk_create(rows)
        opening.project(known.customers[pk] for pk in {each.subject_id for each in rows})
        _end(words, known, channel=channel)


def _authorise(rows: Iterable[Consent], *, channel: str, book: str, operation: UUID | None) -> None:
    """One entry for each purpose and word, under the tags of all who said so."""
    alike: dict[tuple[str, str], set[int]] = defaultdict(set)
    for row in rows:
        alike[row.purpose, row.said].add(row.subject_id)
    for (purpose, said), subjects in sorted(alike.items()):
        gate.authorise(
            actors.system(WRITER),
            Action.CONSENT_RECORD,
            channel=channel,
            purpose=Purpose.SYSTEM.value,
            subjects=gate.tagged(scopes.find(sorted(subjects))),
            facts={
                "consent": purpose,
                "consent-said": said,
                "consent-by": Consent.By.IMPORT.value,
                "book": book,
            },
            operation=operation,
        )


def _end(words: Sequence[Brought], known: Spoken, *, channel: str) -> None:
    """For whoever has no contract: whether the last basis went or came back, by the last word of each."""
    last = {(each.row.subject_id, each.row.purpose): each for each in words}
    subjects = {subject for subject, _purpose in last}
    roles = PolicyRole.objects.filter(subject__in=subjects)
    contracts = set(roles.values_list("subject_id", flat=True))
    for (subject, _purpose), each in last.items():
        if subject not in contracts:
            ending.follow(known.customers[subject], each.before, each.row, channel=channel)
