"""Past decisions as the log keeps them: the leaf says what was asked, the sealed context how it stood."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.db import connection

from access.policy import REFUSALS, Ask
from access.querylog.opened import context_in
from access.vocabulary import Reach
from custodian import clock, elements

PAGE = 2_000
DECIDED = ("list", "search", "view", "reveal", "denied")
_SPAN = "SELECT min(id), max(id) FROM querylog.entry WHERE ts >= %s AND ts < %s"
_PAST = """
SELECT e.id, e.leaf, c.body_sealed
FROM querylog.entry e LEFT JOIN querylog.context c ON c.entry_id = e.id
WHERE e.id >= %s AND e.id <= %s AND e.ts >= %s AND e.ts < %s AND e.act = ANY (%s)
ORDER BY e.id LIMIT %s
"""


@dataclass(frozen=True)
class Past:
    """One look that rules decided, with everything it was decided from."""

    entry: int
    at: datetime
    operator: str
    unit: str
    asks: tuple[tuple[str, Ask], ...]  # by element
    allowed: bool
    because: tuple[str, ...]
    rule: tuple[str, int] | None


@dataclass(frozen=True)
class Page:
    """Some of the period's looks; of `unreadable` ones the context was erased or says too little."""

    upto: int
    looks: list[Past]
    unreadable: int


@dataclass(frozen=True)
class Period:
    """Office days, both included, as a span of the log."""

    since: datetime
    until: datetime
    first: int
    last: int

    @classmethod
    def of(cls, since: date, until: date) -> Period:
        begin = datetime.combine(since, time(), clock.OFFICE)
        end = datetime.combine(until + timedelta(days=1), time(), clock.OFFICE)
        with connection.cursor() as cursor:
            cursor.execute(_SPAN, [begin, end])
            first, last = cursor.fetchone() or (None, None)
        return cls(begin, end, first or 0, -1 if last is None else last)

    def __len__(self) -> int:
        return self.last + 1 - self.first

    def pages(self) -> Iterator[Page]:
        after = self.first
        while True:
            with connection.cursor() as cursor:
                cursor.execute(
                    _PAST, [after, self.last, self.since, self.until, list(DECIDED), PAGE]
                )
                rows = cursor.fetchall()
            if not rows:
                return
            after = rows[-1][0] + 1
            yield _page(rows)


def _page(rows: list[tuple[int, str, bytes | None]]) -> Page:
    looks, unreadable = list[Past](), 0
    for index, text, sealed in rows:
        leaf = json.loads(text)
        if not _by_rules(leaf):
            continue
        at = datetime.fromisoformat(leaf.get("at", leaf["ts"]))
        context = context_in(bytes(sealed), at=at) if sealed is not None else None
        if (
            context is None
            or "nearness" not in context
            or not all(map(elements.known, leaf["fields"]))
        ):
            unreadable += 1
            continue
        looks.append(_past(index, at, leaf, context))
    return Page(rows[-1][0], looks, unreadable)


def _by_rules(leaf: dict[str, Any]) -> bool:
    """Whether rules decided it; what a role, a token or the customer's status decided, they did not."""
    if not leaf["fields"]:
        return False
    return bool(leaf["rule"]) or (leaf["out"] == "denied" and leaf["why"][0] in REFUSALS)


def _past(index: int, at: datetime, leaf: dict[str, Any], context: dict[str, Any]) -> Past:
    granted = frozenset(context.get("granted", ()))
    asks = tuple(
        (code, _ask(code, leaf, context, granted=code in granted)) for code in leaf["fields"]
    )
    rule = leaf["rule"]
    return Past(
        entry=index,
        at=at,
        operator=leaf["no"],
        unit=leaf["unit"],
        asks=asks,
        allowed=leaf["out"] != "denied",
        because=tuple(leaf["why"]),
        rule=(rule[0], rule[1]) if rule else None,
    )


def _ask(code: str, leaf: dict[str, Any], context: dict[str, Any], *, granted: bool) -> Ask:
    cls, level = _kind(code)
    return Ask(
        role=context["role"],
        purpose=leaf["purp"],
        element_class=cls,
        level=level,
        nearness=_nearness(context),
        channel=leaf["ch"],
        address=context.get("address", ""),
        hour=context["hour"],
        masked=bool(leaf.get("mask")),
        trained=_trained(context),
        stepped_up=context["stepped_up"] and not context.get("token"),
        granted=granted,
        lent=context.get("lent") or "",
    )


def _nearness(context: dict[str, Any]) -> Reach:
    """What was lent was once called one's own."""
    near = Reach(context["nearness"])
    return Reach.CASE if near is Reach.OWN and context.get("lent") else near


def _trained(context: dict[str, Any]) -> frozenset[str] | None:
    """What was valid then; before rules knew of training nobody noted it, and nothing was lacking."""
    return frozenset(context["trained"]) if "trained" in context else None


@lru_cache(1_000)
def _kind(code: str) -> tuple[str, int]:
    element = elements.get(code)
    return element.cls.value, element.level
