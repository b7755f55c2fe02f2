"""Clocks as rows: the facts are kept, the deadline is reckoned from them each time, and nobody sets it.

`access.law.clocks` registers the reckoner, which knows the packs, this insurer's own times and the calendar.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol, Self

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from custodian import clock
from custodian.regimes import deadlines
from custodian.regimes.deadlines import State
from custodian.regimes.lengths import Length

RECKONED: Final = ("due_at", "near_at", "target_at", "provisional")
PAGE: Final = 1000


@dataclass(frozen=True)
class Reckoned:
    """What follows from the facts of a clock."""

    due_at: datetime
    near_at: datetime
    target_at: datetime | None
    provisional: bool


class Reckoner(Protocol):
    def reckon(
        self,
        rule: str,
        started_at: datetime,
        *,
        waited: timedelta,
        extended: Sequence[str],
        term: Length | None,
    ) -> Reckoned:
        """`term` stands in for the rule's own length. Raises `NotExtendable`, `UnknownClock`."""


_make: list[Callable[[], Reckoner]] = []


def register(make: Callable[[], Reckoner]) -> None:
    """One for a run over many rows, so that it may keep what it has read."""
    _make[:] = [make]


def reckoner() -> Reckoner:
    return _make[0]()


class ClockQuerySet(models.QuerySet[Any]):
    """`at` is now unless told."""

    def running(self) -> Self:
        """Begun and not stopped: near and late ones as well, and those that wait."""
        return self.filter(stopped_at=None)

    def ticking(self, at: datetime | None = None) -> Self:
        """Those of them whose time passes."""
        return self.running().filter(paused_at=None, started_at__lte=at or clock.now())

    def near(self, at: datetime | None = None) -> Self:
        """What is to be done at once is near until it is done."""
        at = at or clock.now()
        in_time = Q(due_at__gte=at) | Q(due_at=F("near_at"))
        return self.ticking(at).filter(in_time, near_at__lte=at)

    def late(self, at: datetime | None = None) -> Self:
        at = at or clock.now()
        return self.ticking(at).filter(due_at__lt=at, due_at__gt=F("near_at"))


class Clock(models.Model):
    """Base of every clock. Of an open row any fact may still change; the rest is reckoned when it is saved.

    `waited` is time that does not count, `extended` the codes of the rule's extensions in their order;
    why it was extended, and why it is late, is kept sealed by whoever owns the clock.
    """

    rule = models.CharField(_("时限"), max_length=24)
    started_at = models.DateTimeField(_("起算时间"))
    waited = models.DurationField(default=timedelta)
    paused_at = models.DateTimeField(null=True)
    extended = ArrayField(models.CharField(max_length=24), default=list, blank=True)
    stopped_at = models.DateTimeField(null=True)
    late_reason = models.BooleanField(default=False)  # it is late, and somebody has said why
    due_at = models.DateTimeField(_("到期时间"), editable=False)
    near_at = models.DateTimeField(editable=False)
    target_at = models.DateTimeField(null=True, editable=False)
    provisional = models.BooleanField(default=False, editable=False)

    objects = ClockQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, update_fields: Iterable[str] | None = None, **kwargs: Any) -> None:
        self.recompute()
        if update_fields is not None:
            update_fields = {*update_fields, *RECKONED}
        super().save(*args, update_fields=update_fields, **kwargs)

    def term(self) -> Length | None:
        """What stands in for the rule's own length, as where a contract says otherwise."""
        return None

    def recompute(self, by: Reckoner | None = None) -> bool:
        """Reckon anew without saving; whether anything is otherwise. Raises `NotExtendable`."""
        found = (by or reckoner()).reckon(
            self.rule,
            self.started_at,
            waited=self.waited,
            extended=self.extended,
            term=self.term(),
        )
        new = asdict(found)
        changed = any(getattr(self, name) != value for name, value in new.items())
        for name, value in new.items():
            setattr(self, name, value)
        return changed

    def pause(self, at: datetime) -> None:
        """From here on nothing runs; `resume` takes the time out. Both without saving."""
        self.paused_at = self.paused_at or at

    def resume(self, at: datetime) -> None:
        if self.paused_at is not None:
            self.waited += max(at - self.paused_at, timedelta())
            self.paused_at = None

    def state(self, at: datetime | None = None) -> State:
        """While it is paused nothing comes nearer."""
        at = at or clock.now()
        if self.paused_at is not None:
            at = min(at, self.paused_at)
        start = self.started_at + self.waited
        return deadlines.state(
            start, self.due_at, at, near_at=self.near_at, stopped_at=self.stopped_at
        )

    @property
    def on_time(self) -> bool:
        """Of a clock that was stopped: whether before its deadline; what is due at once always is."""
        stopped = self.stopped_at or clock.now()
        return stopped <= self.due_at or self.near_at == self.due_at


def concrete() -> list[type[Clock]]:
    return [model for model in apps.get_models() if issubclass(model, Clock)]


def altered() -> Iterator[Clock]:
    """Clocks that stand otherwise than their facts tell, each reckoned anew and not saved."""
    by = reckoner()
    for model in concrete():
        yield from _altered(model._base_manager.all(), by)


def _altered(rows: Any, by: Reckoner) -> Iterator[Clock]:
    last = 0
    while page := list(rows.filter(pk__gt=last).order_by("pk")[:PAGE]):
        last = page[-1].pk
        yield from (each for each in page if each.recompute(by))


def reckon_again(choose: Callable[[Any], Any]) -> int:
    """Save what is otherwise by now, of the rows that `choose` takes from each kind; how many it was."""
    by, count = reckoner(), 0
    for model in concrete():
        for each in _altered(choose(model._base_manager.all()), by):
            facts = {name: getattr(each, name) for name in RECKONED}
            count += model._base_manager.filter(pk=each.pk).update(**facts)
    return count
