"""Who looked at one customer, newest first: for the officer's panel and for the customer's own page."""

from __future__ import annotations

from uuid import UUID

from access.models import Entry, SubjectAccess
from access.querylog.telling import Told, tell


def latest(subject: UUID, *, most: int = 10) -> list[Told]:
    """The newest entries that showed this subject. The reader's own page is their look, and logged."""
    seen = SubjectAccess.objects.filter(subject=subject).order_by("-entry_id")
    indexes = list(seen.values_list("entry_id", flat=True)[:most])
    return tell(list(Entry.objects.filter(id__in=indexes).newest_first()))
