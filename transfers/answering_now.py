"""Who answers for a customer now, for every page of hers: at the house that she left, another insurer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from django.conf import settings
from django.urls import reverse

from custodian import clock
from records.ports import Gone
from transfers.models import Responsible


class Answering:
    def gone(self, subjects: Iterable[int]) -> Mapping[int, Gone]:
        """By the newest moment that is over: a book may come back."""
        passed = Responsible.objects.filter(subject__in=list(subjects), since__lte=clock.now())
        rows = passed.select_related("transfer__counterparty").order_by("since")
        newest = {row.subject_id: row for row in rows}
        return {
            subject: _gone(row)
            for subject, row in newest.items()
            if row.before == settings.CUSTODIAN_INSURER
        }


def _gone(row: Responsible) -> Gone:
    transfer = row.transfer
    return Gone(
        insurer=str(transfer.counterparty),
        since=row.since,
        transfer=transfer.code,
        url=reverse("admin:transfer_board", args=[transfer.code]),
        contact=transfer.counterparty.contact,
    )
