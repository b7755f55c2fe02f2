"""The destruction itself: stones first, then every place that keeps anything, all in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db import transaction

from access.models import Subject
from custodian import clock, failpoints
from custodian.tlog.verify import canonical
from records import bulk
from records.destruction import own_stores, stores
from records.destruction.stores import Gone
from records.integrity import HOLDINGS
from records.models import DestructionBatch, Tombstone

SUBJECT: Final = "subject"
CHUNK: Final = 500


@dataclass(frozen=True)
class Going:
    """One holding that goes."""

    holding: UUID
    kind: str
    subject: int


def destroy(going: Sequence[Going], *, batch: DestructionBatch | None) -> Gone:
    """Destroy these holdings, and whoever has none left, in the caller's transaction.

    Their subjects are locked by now. Files are removed after the commit.
    """
    subjects = sorted({each.subject for each in going})
    _set_stones([(each.holding, each.kind, each.subject) for each in going], batch)
    failpoints.hit("destroy-stones")
    whole = _without_anything(subjects)
    _set_stones([(each.uid, SUBJECT, each.pk) for each in whole], batch)
    Subject.objects.filter(pk__in=[each.pk for each in whole]).update(
        status=Subject.Status.DESTROYED
    )
    gone = Gone(_by_kind(going), subjects, whole)
    stores.purge(gone)
    failpoints.hit("destroy-purged")
    transaction.on_commit(lambda: own_stores.remove_files(gone))
    return gone


def lock(subjects: Iterable[int]) -> list[Subject]:
    """Nobody else changes, holds or destroys these customers until the transaction ends."""
    return list(Subject.objects.select_for_update().filter(pk__in=list(subjects)).order_by("pk"))


def again(holdings: Collection[UUID], subjects: Collection[UUID]) -> tuple[int, int]:
    """Of what was destroyed before, destroy whatever is there again; how many holdings and customers."""
    back = _there(holdings)
    for begin in range(0, len(back), CHUNK):
        page = back[begin : begin + CHUNK]
        with transaction.atomic():
            lock({each.subject for each in page})
            destroy(page, batch=None)
    return len(back), _end(subjects)


def _there(holdings: Collection[UUID]) -> list[Going]:
    """Those that no stone stands for here."""
    known = set(Tombstone.objects.filter(gone__in=holdings).values_list("gone", flat=True))
    wanted = [each for each in holdings if each not in known]
    return [
        Going(holding, kind, subject)
        for kind, model in HOLDINGS.items()
        for holding, subject in model._default_manager.filter(holding__in=wanted).values_list(
            "holding", "subject_id"
        )
    ]


def _end(uids: Collection[UUID]) -> int:
    """Customers who were destroyed as a whole and are not yet, since they had nothing left to destroy."""
    left = Subject.objects.filter(uid__in=uids).exclude(status=Subject.Status.DESTROYED)
    ended = 0
    for subject in left:
        with transaction.atomic():
            lock([subject.pk])
            destroy(holdings_of([subject.pk]), batch=None)
            ended += 1
    known = Subject.objects.filter(uid__in=uids, status=Subject.Status.DESTROYED)
    return max(ended, known.count())


def _without_anything(subjects: Sequence[int]) -> list[Subject]:
    """Those whose every holding has its stone."""
    held = {each.subject for each in holdings_of(subjects)}
    left = Subject.objects.filter(pk__in=[each for each in subjects if each not in held])
    return list(left.exclude(status=Subject.Status.DESTROYED).order_by("pk"))


def holdings_of(subjects: Sequence[int]) -> list[Going]:
    """Everything of these customers that has no stone."""
    found = [
        Going(holding, kind, subject)
        for kind, model in HOLDINGS.items()
        for holding, subject in model._default_manager.filter(subject__in=subjects).values_list(
            "holding", "subject_id"
        )
    ]
    stones = Tombstone.objects.filter(gone__in=[each.holding for each in found])
    known = set(stones.values_list("gone", flat=True))
    return [each for each in found if each.holding not in known]


def _by_kind(going: Iterable[Going]) -> dict[str, list[UUID]]:
    found: dict[str, list[UUID]] = defaultdict(list)
    for each in going:
        found[each.kind].append(each.holding)
    return dict(found)


def _set_stones(rows: Sequence[tuple[UUID, str, int]], batch: DestructionBatch | None) -> None:
    now = clock.now()
    columns = {
        "gone": "uuid",
        "kind": "text",
        "subject_id": "bigint",
        "batch_id": "bigint",
        "at": "timestamptz",
    }
    key = batch.pk if batch else None
    bulk.insert(
        "records_tombstone",
        columns,
        [(*row, key, now) for row in rows],
        conflict="ON CONFLICT (gone) DO NOTHING",
    )


def digest_of(gone: Gone) -> str:
    """By what the log knows what went in one step."""
    import hashlib

    whole = [str(each) for each in sorted(gone.all)] + [str(each.uid) for each in gone.whole]
    return hashlib.sha256(canonical({"gone": whole}).encode()).hexdigest()
