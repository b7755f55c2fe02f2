"""Finds one customer by his reference, inside the actor's scope: the first step of every look."""

from __future__ import annotations

from functools import cache
from typing import Any

from django.db.models import Model

from access import prepared
from access.actors import Actor
from access.models import Subject
from access.vocabulary import Reach
from records import references
from records.models import Book, Customer

# The scope stands in the statement as it does in `visible_to`; row-level security asks once more.
_FIND = """
SELECT {columns}
FROM records_customer c
JOIN access_subject s ON s.id = c.subject_id
JOIN records_book b ON b.id = c.book_id
WHERE c.ref = %(ref)s AND (
    %(everything)s
    OR s.unit_id = ANY (%(units)s)
    OR EXISTS (SELECT 1 FROM access_assignment a
               WHERE a.subject_id = s.id AND a.user_id = %(owner)s
                 AND a.since <= statement_timestamp()
                 AND (a.until IS NULL OR a.until > statement_timestamp())))
"""
_FIND_BY = {"ref": "text", "everything": "boolean", "units": "bigint[]", "owner": "bigint"}
_TABLES: tuple[tuple[str, type[Model]], ...] = (("c", Customer), ("s", Subject), ("b", Book))


def customer(ref: str, *, actor: Actor) -> Customer | None:
    """The customer with his subject and book; None for absent and for out of scope alike."""
    # Only what reads as a reference goes to the database; the answer is the same.
    if references.read(ref, kind="c") != ref:
        return None
    reach = actor.reach
    values = {
        "ref": ref,
        "everything": reach is Reach.ALL,
        "units": list(actor.unit_ids) if reach is Reach.UNIT else [],
        "owner": actor.id if reach is Reach.OWN else None,
    }
    rows = prepared.fetch(_statement(), _FIND_BY, values)
    return _built(rows[0]) if rows else None


@cache
def _names(model: type[Model]) -> list[str]:
    return [field.attname for field in model._meta.concrete_fields]


@cache
def _statement() -> str:
    columns = [
        f"{letter}.{field.column}"
        for letter, model in _TABLES
        for field in model._meta.concrete_fields
    ]
    return _FIND.replace("{columns}", ", ".join(columns))


def _built(row: Any) -> Customer:
    parts: list[Any] = []
    begin = 0
    for _letter, model in _TABLES:
        names = _names(model)
        parts.append(model.from_db("default", names, row[begin : begin + len(names)]))
        begin += len(names)
    found: Customer = parts[0]
    found.subject, found.book = parts[1], parts[2]
    return found
