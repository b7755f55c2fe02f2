"""What there is of each kind, by which rule it is kept, and what is over on a day; nothing is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from custodian.regimes.packs import RetentionRule
from records.retention import rules
from records.retention.own_records import declaring
from records.retention.own_records.declaring import Kept, Record
from records.retention.own_records.terms import Term, first_kept, longest


@dataclass(frozen=True)
class Row:
    """`rule` is None where nothing goes; `before` is the first day that is still kept."""

    kind: str
    label: Any
    rule: Term | None
    count: int
    over: int
    waiting: int  # as old, and kept because something rests on them
    oldest: date | None
    goes: Any
    before: date | None


def table(today: date) -> list[Row]:
    by = rules.on(today)
    terms = {each.kind: term_of(each, by, today) for each in declaring.records}
    kept = {kind: first_kept(term.period, today=today) for kind, term in terms.items() if term}
    return [_row(each, terms[each.kind], kept) for each in declaring.records]


def row(kind: str, today: date) -> Row:
    """The one of one kind, without counting the others. Raises `StopIteration` for a kind that is none."""
    by = rules.on(today)
    terms = {each.kind: term_of(each, by, today) for each in declaring.records}
    kept = {name: first_kept(term.period, today=today) for name, term in terms.items() if term}
    record = next(each for each in declaring.records if each.kind == kind)
    return _row(record, terms[kind], kept)


def term_of(record: Record, by: tuple[RetentionRule, ...], today: date) -> Term | None:
    if record.own is not None or not record.about:
        return record.own
    return longest(by, record.about, today=today)


def _row(record: Record, term: Term | None, kept: Kept) -> Row:
    over = record.over(kept) if term else 0
    return Row(
        kind=record.kind,
        label=record.label,
        rule=term,
        count=record.count(),
        over=over,
        waiting=record.waiting(kept, over) if term else 0,
        oldest=record.oldest(),
        goes=record.goes,
        before=kept.get(record.kind),
    )
