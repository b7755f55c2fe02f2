"""Lines of those who have changed, written anew when they are sent anew: a delta is held against now."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from access import actors, scopes
from transfers.freezing import sums
from transfers.freezing.freezing import ACTOR, PAGE, write
from transfers.models import Chosen, FrozenLine, Transfer


def renew(transfer: Transfer, subjects: Sequence[int]) -> None:
    """Of these customers those who still move. Raises `NoKey` once the transfer has ended."""
    with scopes.acting(actors.system(ACTOR)) as actor:
        assert actor is not None  # noqa: S101  it was just named
        seal = sums.Seal(transfer)
        for at in range(0, len(subjects), PAGE):
            asked = subjects[at : at + PAGE]
            moving = Chosen.objects.filter(
                transfer=transfer, state=Chosen.State.IN, subject__in=asked
            )
            page = sorted(moving.values_list("subject_id", flat=True))
            opened = sums.read(transfer, page, actor=actor)
            with transaction.atomic():
                FrozenLine.objects.filter(transfer=transfer, subject__in=page).delete()
                write(transfer, page, opened, seal)
