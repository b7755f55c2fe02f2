"""What a bundle is asked to hold: a period, and in it everything or what concerns certain people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Self
from uuid import UUID

from access.models import Case
from custodian import clock


@dataclass(frozen=True, kw_only=True)
class Criteria:
    """Days are the office's; `operators` are references, `customers` the log's own, `units` codes."""

    since: date
    until: date
    everything: bool = False
    operators: tuple[UUID, ...] = ()
    customers: tuple[UUID, ...] = ()
    units: tuple[str, ...] = ()
    keys: tuple[UUID, ...] = ()  # customers whose log key goes in

    @classmethod
    def of_case(cls, case: Case) -> Self:
        return cls(
            since=case.since,
            until=case.until,
            everything=case.everything,
            operators=tuple(case.operators),
            customers=tuple(case.customers),
            units=tuple(case.units),
            keys=tuple(case.key_customers),
        )

    @classmethod
    def load(cls, said: Mapping[str, Any]) -> Self:
        return cls(
            since=date.fromisoformat(said["since"]),
            until=date.fromisoformat(said["until"]),
            everything=bool(said["everything"]),
            operators=_uuids(said["operators"]),
            customers=_uuids(said["customers"]),
            units=tuple(said["units"]),
            keys=_uuids(said["keys"]),
        )

    def dump(self) -> dict[str, Any]:
        return {
            "since": self.since.isoformat(),
            "until": self.until.isoformat(),
            "everything": self.everything,
            "operators": sorted(map(str, self.operators)),
            "customers": sorted(map(str, self.customers)),
            "units": sorted(self.units),
            "keys": sorted(map(str, self.keys)),
        }

    @property
    def period(self) -> tuple[datetime, datetime]:
        """The first moment, and the first one after it."""
        return _midnight(self.since), _midnight(self.until + timedelta(days=1))

    def within(self, case: Case) -> bool:
        """Whether the case's approval covers all of it, and anything is asked for at all."""
        whole = Criteria.of_case(case)
        named = bool(self.operators or self.customers or self.units)
        return (
            whole.since <= self.since <= self.until <= whole.until
            and (self.everything or named)
            and (whole.everything or (not self.everything and self._names_only(whole)))
            and set(self.keys) <= set(whole.keys)
        )

    def _names_only(self, whole: Criteria) -> bool:
        return (
            set(self.operators) <= set(whole.operators)
            and set(self.customers) <= set(whole.customers)
            and set(self.units) <= set(whole.units)
        )


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=clock.OFFICE)


def _uuids(texts: Sequence[str]) -> tuple[UUID, ...]:
    return tuple(UUID(text) for text in texts)
