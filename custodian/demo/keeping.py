"""The demo's retention: a first batch that is destroyed, and the next one that waits for its visitors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final

from access import actors, approvals, scopes
from access.actors import Actor
from access.models import Approval, User
from custodian import clock
from custodian.demo.diary import Steps
from records.destruction import batches, executing
from records.destruction.batches import Fate
from records.models import Customer, DestructionBatch, PolicyRole
from records.retention import noting, reckoning

OFFICER, SECOND = "C0217", "C0218"
SILENT: Final = 3  # people without a contract, of whom nobody has heard for long
LAST_HEARD: Final = timedelta(days=290)


class Keeping:
    """In a small book nothing may be due: then nothing is destroyed."""

    def __init__(
        self, people: Mapping[str, User], begin: datetime, seal: Callable[[], None]
    ) -> None:
        self._people, self._seal = people, seal
        self.steps: Steps = [
            (_at(begin, 4, hour=1), _reckon),
            (_at(begin, 4, hour=9), self._put_up),
            (_at(begin, 4, hour=15), self._approve),
            (_at(begin, 4, hour=16), _carry_out),
        ]

    def end(self) -> None:
        """Of the last night: who has been silent, and what is due by now."""
        with self._acting(OFFICER) as officer:
            day = clock.local().date() - LAST_HEARD
            for customer in _without_contract():
                noting.note(
                    customer, trigger=noting.Trigger.LAST_CONTACT, on=day,
                    reason="回访名单：此后没有联系", actor=officer,
                )  # fmt: skip
        self._seal()
        _reckon()
        self._seal()

    def _put_up(self) -> None:
        """One customer is left out, since a complaint of hers is being looked into."""
        batch = DestructionBatch.objects.filter(stage=batches.Stage.PROPOSED).first()
        if batch is None:
            return
        with self._acting(OFFICER) as officer:
            planned = batch.items.filter(state=Fate.PLANNED).order_by("subject_id")
            first, *others = planned.values_list("subject_id", flat=True).distinct()
            if others:
                batches.exclude(batch, of={"subject": first}, reason="投诉核查未结", actor=officer)
            batches.submit(batch, actor=officer)

    def _approve(self) -> None:
        waiting = Approval.objects.filter(kind=batches.KIND, status=approvals.Status.WAITING)
        with self._acting(SECOND) as second:
            for approval in waiting:
                approvals.approve(approval, seen=approval.digest, actor=second)

    @contextmanager
    def _acting(self, number: str) -> Iterator[Actor]:
        """The person acts, after a fresh second factor."""
        actor = actors.staff(self._people[number], stepped_up=True)
        with scopes.acting(actor):
            yield actor


def _at(begin: datetime, days: int, *, hour: int) -> datetime:
    return clock.local(begin + timedelta(days=days)).replace(hour=hour, minute=0)


def _reckon() -> None:
    reckoning.carry_out()
    batches.propose_nightly()


def _carry_out() -> None:
    for batch in DestructionBatch.objects.filter(stage=batches.Stage.APPROVED):
        executing.work(batch.pk)


def _without_contract() -> list[Customer]:
    bound = PolicyRole.objects.values("subject")
    free = Customer.objects.exclude(subject__in=bound).filter(
        subject__honey=False, minor_until=None
    )
    return list(free.order_by("pk")[:SILENT])
