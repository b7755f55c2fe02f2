"""Files of imports that are over go after some days, and at once when a customer of their book does."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Coalesce

from custodian import clock
from custodian.jobs import JobStatus
from records import legal_holds
from records.importing import store
from records.models import ImportFile

OVER: Final = (JobStatus.DONE, JobStatus.REFUSED, JobStatus.FAILED)
LEFT: Final = timedelta(days=2)  # for so long a file is unlinked again that a kill left on the disk
AT_ONCE: Final = 200


def kept() -> QuerySet[ImportFile]:
    """Files that are in the store and came with a run."""
    return ImportFile.objects.filter(removed_at=None, run__isnull=False)


def over() -> QuerySet[ImportFile]:
    """Those whose run is done or refused, or failed and not taken up again, and of no book on hold."""
    ended = kept().filter(run__status__in=OVER)
    return ended.exclude(run__book__in=legal_holds.books())


def late(now: datetime | None = None) -> QuerySet[ImportFile]:
    """Those of them whose run has been over for so long that nobody needs the file."""
    before = (now or clock.now()) - timedelta(days=settings.CUSTODIAN_IMPORT_FILE_DAYS)
    ended = over().annotate(ended=Coalesce("run__finished_at", "run__created_at"))
    return ended.filter(ended__lt=before)


def expire() -> int:
    """Remove what is late, and whatever a kill left on the disk; how many files went."""
    count = 0
    while gone := _take():
        count += gone
    lately = Q(removed_at__gt=clock.now() - LEFT)
    store.unlink(ImportFile.objects.filter(lately).values_list("ref", flat=True))
    return count


def expire_missing() -> int:
    """Those of ended imports that did not come back with a restored house; how many."""
    ended = kept().filter(run__status__in=OVER)
    lost = [each.pk for each in ended if not store.path_of(each.ref.hex).exists()]
    with transaction.atomic():
        store.forget(lost)
    return len(lost)


def of_books(books: Collection[int]) -> QuerySet[ImportFile]:
    return kept().filter(run__book__in=books)


def forget_of(books: Collection[int]) -> None:
    """Names and keys of these books' files whose runs are over go in the caller's transaction."""
    legal_holds.exclude_new()
    gone = _held(over().filter(run__book__in=books))
    store.forget([each.pk for each in gone])
    refs = [each.ref for each in gone]
    transaction.on_commit(lambda: store.unlink(refs))


def _take() -> int:
    with transaction.atomic():
        legal_holds.exclude_new()
        gone = _held(late().order_by("pk")[:AT_ONCE])
        store.forget([each.pk for each in gone])
    store.unlink([each.ref for each in gone])
    return len(gone)


def _held(files: QuerySet[ImportFile]) -> list[ImportFile]:
    """Nobody takes them into another run until the transaction ends; what was taken just now stays."""
    wanted = list(files.values_list("pk", flat=True))
    rows = ImportFile.objects.select_related("run").select_for_update(of=("self", "run"))
    over_still = rows.filter(pk__in=wanted, removed_at=None, run__status__in=OVER)
    return list(over_still.order_by("pk"))
