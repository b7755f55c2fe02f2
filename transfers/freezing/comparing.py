"""What is not as it was at the freeze: it travels as a delta, and the page says how much there is."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Q

from access import actors, scopes
from custodian import clock
from custodian.jobs import JobStatus
from transfers.freezing import estates
from transfers.freezing.freezing import ACTOR
from transfers.models import Chosen, Freeze, FrozenLine, Transfer

PAGE: Final = 500
EVERY: Final = timedelta(minutes=10)
LEFT: Final = "left"


@dataclass(frozen=True)
class Changed:
    """One customer who is not as she was; `kinds` are codes of `estates.WORDS`, `left` if she stays now."""

    subject: int
    ref: str
    kinds: tuple[str, ...]

    @property
    def left(self) -> bool:
        return self.kinds == (LEFT,)

    @property
    def words(self) -> list[Any]:
        return estates.words(self.kinds)


def changed(transfer: Transfer) -> Iterator[Changed]:
    """Everybody with a line who differs now, in the order of the ordinals. Read page by page."""
    for page in _pages(transfer):
        yield from (each for each in page if each.kinds)


def compare(freeze: Freeze) -> int:
    """Note on each line what differs; how many do."""
    found = 0
    for page in _pages(freeze.transfer):
        found += sum(bool(each.kinds) for each in page)
        with scopes.acting(actors.system(ACTOR)):
            _note(freeze.transfer, page)
    return found


def due() -> list[Freeze]:
    """Freezes of transfers under way that nobody has compared for a while; whoever asks has taken them."""
    with scopes.acting(actors.system(ACTOR)):
        now = clock.now()
        old = Q(compared_at=None) | Q(compared_at__lt=now - EVERY)
        rows = Freeze.objects.filter(
            old, status=JobStatus.DONE, forgotten_at=None, transfer__status=Transfer.Status.OPEN
        ).select_related("transfer")
        return [each for each in rows if take(each)]


def take(freeze: Freeze) -> bool:
    """Of two who begin at once one is first."""
    with scopes.acting(actors.system(ACTOR)):
        rows = Freeze.objects.filter(pk=freeze.pk, compared_at=freeze.compared_at)
        return bool(rows.update(compared_at=clock.now()))


def _pages(transfer: Transfer) -> Iterator[list[Changed]]:
    after = 0
    while True:
        with scopes.acting(actors.system(ACTOR)):
            rows = FrozenLine.objects.filter(transfer=transfer, subject_id__gt=after)
            lines = list(rows.order_by("subject_id").only("subject_id", "ref", "parts")[:PAGE])
            if not lines:
                return
            page = _compared(transfer, lines)
        yield page
        after = lines[-1].subject_id


def _compared(transfer: Transfer, lines: Sequence[FrozenLine]) -> list[Changed]:
    subjects = [line.subject_id for line in lines]
    moving = Chosen.objects.filter(
        transfer=transfer, subject__in=subjects, state=Chosen.State.IN
    ).values_list("subject_id", flat=True)
    there, now = set(moving), estates.read(subjects)
    found = []
    for line in lines:
        if line.subject_id not in there or line.subject_id not in now:
            kinds: tuple[str, ...] = (LEFT,)
        else:
            kinds = estates.differing(bytes(line.parts), now[line.subject_id].parts())
        found.append(Changed(line.subject_id, line.ref, kinds))
    return found


_NOTE: Final = """
UPDATE transfers_frozenline l SET changed = n.changed
FROM (SELECT unnest(%s::bigint[]) AS subject_id, unnest(%s::text[]) AS changed) n
WHERE l.transfer_id = %s AND l.subject_id = n.subject_id AND l.changed <> n.changed"""


def _note(transfer: Transfer, page: Sequence[Changed]) -> None:
    subjects = [each.subject for each in page]
    kinds = [" ".join(each.kinds) for each in page]
    with connection.cursor() as cursor:
        cursor.execute(_NOTE, [subjects, kinds, transfer.pk])
