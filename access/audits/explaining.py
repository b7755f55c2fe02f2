"""Explain or flag: for a look at a customer, the reason that the business had given before anybody asks.

An item that the person opened herself is her own word only: it is told apart, and counted.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from access.audits.day import Operator
from access.models.work import WorkItem
from access.vocabulary import Purpose, Role

WORK, HANDED_OVER, LENT, ASSIGNED, OFFICE, OWN_WORD, NOTHING = (
    *("work", "handed-over", "lent", "assigned", "office", "own-word"),
    "",
)
# From the strongest to none.
ORDER: Final = (WORK, HANDED_OVER, LENT, ASSIGNED, OFFICE, OWN_WORD, NOTHING)
# Work that the business gave, piece by piece.
ASKED: Final = frozenset({WORK, HANDED_OVER})
UNEXPLAINED: Final = frozenset({NOTHING})
# Whatever the business did not ask for.
UNASKED: Final = frozenset({NOTHING, OWN_WORD})

Kind = WorkItem.Kind
# What each kind of work is reason enough to look for; company default.
SERVES: Final[Mapping[str, frozenset[str]]] = {
    Kind.FOLLOW_UP: frozenset({Purpose.FOLLOW_UP, Purpose.POLICY_SERVICE}),
    Kind.POLICY_SERVICE: frozenset({Purpose.POLICY_SERVICE, Purpose.FOLLOW_UP, Purpose.PAYMENT}),
    Kind.UNDERWRITING: frozenset({Purpose.UNDERWRITING, Purpose.FOLLOW_UP}),
    Kind.CLAIM: frozenset({Purpose.CLAIM, Purpose.PAYMENT, Purpose.FOLLOW_UP}),
    Kind.PAYMENT: frozenset({Purpose.PAYMENT, Purpose.CLAIM, Purpose.POLICY_SERVICE}),
    Kind.COMPLAINT: frozenset(
        {Purpose.COMPLAINT, Purpose.POLICY_SERVICE, Purpose.FOLLOW_UP, Purpose.CLAIM}
    ),
    Kind.CORRECTION: frozenset({Purpose.POLICY_SERVICE, Purpose.FOLLOW_UP}),
    Kind.REQUEST: frozenset({Purpose.POLICY_SERVICE, Purpose.COMPLAINT, Purpose.FOLLOW_UP}),
    Kind.CONTACT: frozenset(
        {Purpose.POLICY_SERVICE, Purpose.FOLLOW_UP, Purpose.COMPLAINT, Purpose.CLAIM}
    ),
}
# Who is called looks first and writes the call down afterwards; papers are finished after the end.
LEAD: Final = timedelta(hours=1)
TRAIL: Final = timedelta(days=3)
# Whoever takes over a customer has to get to know him; company default.
SETTLING: Final = timedelta(days=14)
# These look at customers because of their office; what they look at is audited by its relations.
OFFICES: Final[Mapping[str, frozenset[str]]] = {
    Role.COMPLIANCE_OFFICER: frozenset({Purpose.COMPLIANCE}),
    Role.SECURITY_OFFICER: frozenset({Purpose.SECURITY}),
    Role.AUDITOR: frozenset({Purpose.AUDIT}),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A work item; `user` 0 is whoever of `unit` takes it, `opened_by` 0 another system."""

    kind: str
    subject: int
    user: int
    unit: str
    opened_at: datetime
    closed_at: datetime | None = None
    opened_by: int = 0

    def covers(self, at: datetime) -> bool:
        return self.opened_at - LEAD <= at and (
            self.closed_at is None or at <= self.closed_at + TRAIL
        )

    def is_for(self, operator: Operator) -> bool:
        if self.user:
            return self.user == operator.id
        return bool(self.unit) and operator.unit.startswith(self.unit)


@dataclass(frozen=True, slots=True)
class Assigned:
    """A customer is a person's own, or lent to her, from `since` until before `until`."""

    subject: int
    user: int
    since: datetime
    until: datetime | None = None
    lent: bool = False

    def covers(self, at: datetime) -> bool:
        return self.since <= at and (self.until is None or at < self.until)

    def explains(self, at: datetime) -> str:
        if self.lent:
            return LENT
        return HANDED_OVER if at - self.since <= SETTLING else ASSIGNED


class Explainer:
    """Knows the work and the assignments of the day, by customer."""

    def __init__(self, items: Iterable[Item], assigned: Iterable[Assigned]) -> None:
        self._items: dict[int, list[Item]] = defaultdict(list)
        self._assigned: dict[tuple[int, int], list[Assigned]] = defaultdict(list)
        for item in items:
            self._items[item.subject].append(item)
        for each in assigned:
            self._assigned[each.user, each.subject].append(each)

    def of(self, operator: Operator, purpose: str, subject: int, at: datetime) -> str:
        """The strongest explanation of this look at this customer, one code of `ORDER`."""
        own_word = False
        for item in self._items.get(subject, ()):
            if purpose in SERVES[item.kind] and item.covers(at) and item.is_for(operator):
                if item.opened_by != operator.id:
                    return WORK
                own_word = True
        for each in self._assigned.get((operator.id, subject), ()):
            if each.covers(at):
                return each.explains(at)
        if purpose in OFFICES.get(operator.role, ()):
            return OFFICE
        return OWN_WORD if own_word else NOTHING

    def work(self, operator: Operator, purpose: str, subject: int, at: datetime) -> str:
        """The kind of work that the business gave for this look; empty where it gave none."""
        for item in self._items.get(subject, ()):
            serves = purpose in SERVES[item.kind] and item.covers(at) and item.is_for(operator)
            if serves and item.opened_by != operator.id:
                return item.kind
        return NOTHING
