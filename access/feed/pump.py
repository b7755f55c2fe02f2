"""Carries sealed entries to the monitoring in their order; each at least once, none left out."""

from __future__ import annotations

import structlog
from django.conf import settings
from django.db import transaction

from access import actors, scopes
from access.feed import lines, syslog
from access.models import Entry, Feed
from access.querylog.proofs import announced

MOST = 2_000
_log = structlog.get_logger("access")


def pump() -> int:
    """Send what was sealed since the last time, up to `MOST` entries, and say how many.

    Nothing without an address. What cannot be sent is sent later, from the same place on.
    """
    if not settings.CUSTODIAN_SYSLOG:
        return 0
    with scopes.acting(actors.system("feed")), transaction.atomic():
        Feed.objects.get_or_create(name="syslog")
        feed = Feed.objects.select_for_update(skip_locked=True).filter(name="syslog").first()
        if feed is None:
            return 0  # another worker is at it
        rows = list(
            Entry.objects.filter(id__gte=feed.next_index, id__lt=announced())
            .order_by("id")
            .values_list("id", "leaf")[:MOST]
        )
        try:
            sent = syslog.send(settings.CUSTODIAN_SYSLOG, (lines.message(*row) for row in rows))
        except (OSError, syslog.BadAddress) as error:
            _log.warning("feed-not-sent", reason=type(error).__name__)
            return 0
        if rows:
            feed.next_index = rows[-1][0] + 1
            feed.save(update_fields=["next_index"])
        return sent
