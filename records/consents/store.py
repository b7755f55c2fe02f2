"""Consents as a place of customers' data: what decides looks goes with the customer.

The rows stay for their own time, as evidence of what was agreed to; by then nothing leads from them to
anybody, and the paper they rest on has gone with its key.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from django.utils.translation import gettext_lazy as _
from pyroaring import BitMap

from access.models import Choice
from records.destruction.stores import Gone, Residue
from records.models import Consent

_MOST: Final = 20


class ConsentStore:
    name = "consents"
    label = _("同意与撤回")

    def purge(self, gone: Gone) -> None:
        subjects = [each.pk for each in gone.whole]
        Choice.objects.filter(subject__in=subjects).delete()
        # The number of a paper elsewhere would lead back to her.
        Consent.objects.filter(subject__in=subjects).exclude(reference="").update(reference="")

    def scan(self, gone: Gone) -> Iterator[Residue]:
        left = Choice.objects.filter(subject__in=[each.pk for each in gone.whole])
        for each in left[:_MOST]:
            yield Residue(self.name, f"choice {each.pk}")
        rows = Consent.objects.filter(subject__in=[each.pk for each in gone.whole])
        for row in rows.exclude(reference="")[:_MOST]:
            yield Residue(self.name, f"consent {row.pk}")

    def scan_whole(self, ordinals: BitMap) -> Iterable[Residue]:
        return ()
