"""One customer registered by hand or by another system, after the same checks as a row of a book."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from uuid import uuid4

from access.actors import Actor
from access.models import Unit
from custodian import clock
from records import books, intake
from records.identifiers import (
    check_birth_date,
    check_email,
    check_id_type,
    check_landline,
    check_mobile,
    check_name,
    check_sex,
    check_text,
    check_valid_until,
)
from records.identifiers.checked import Checked
from records.importing.customer_rows import draft_customer
from records.importing.drafts import CustomerDraft, Flaw
from records.importing.mapping import SourceMapping
from records.importing.targets import Kind
from records.models import Customer

CHILD = 14  # PIPL art. 28: everything about a child under fourteen is sensitive
_SOURCE = SourceMapping(name="desk", kind=Kind.CUSTOMERS)


@dataclass(frozen=True)
class Registration:
    """A customer who may be registered if no flaw is hard; the others are worth a second look."""

    draft: CustomerDraft
    flaws: Sequence[Flaw]

    @property
    def sound(self) -> bool:
        return not any(flaw.problem.hard for flaw in self.flaws)


def check(written: Mapping[str, str], *, kind: str, today: date) -> Registration:
    """`written` is text as typed, by element code; empty values are absent."""
    checks: dict[str, Callable[[str], Checked]] = {
        "identity.name": check_name,
        "identity.sex": check_sex,
        "identity.birth_date": partial(check_birth_date, today=today),
        "identity.id_type": check_id_type,
        "identity.id_valid_until": check_valid_until,
        "identity.mobile": check_mobile,
        "identity.landline": check_landline,
        "identity.email": check_email,
        "identity.legal_representative": check_name,
    }
    values: dict[str, str] = {}
    flaws: list[Flaw] = []
    for code, text in written.items():
        if not text.strip():
            continue
        checked = checks.get(code, check_text)(text)
        flaws += [Flaw(code, problem) for problem in checked.problems]
        if checked.value:
            values[code] = checked.value
    draft = draft_customer(1, values, {"customer.kind": kind}, flaws, mapping=_SOURCE, today=today)
    return Registration(draft, flaws)


def register(registration: Registration, *, channel: str, actor: Actor) -> Customer:
    """Write the customer and make her the actor's own.

    The key in the book is new each time: whether somebody like her is already there is a question for
    compliance, and never an error that would tell.
    """
    draft = registration.draft
    today = clock.local().date()
    newcomer = intake.NewCustomer(
        kind=draft.kind,
        source_key=f"{channel}/{uuid4().hex}",
        unit_id=Unit.objects.get(code=actor.unit).pk,
        values=draft.values,
        assignments=[(actor.id, clock.now())] if actor.id is not None else [],
        minor_until=fourteenth_birthday(draft.values.get("identity.birth_date", ""), today=today),
        origin=(channel, today.isoformat()),
    )
    return intake.register([newcomer], book=books.own(), channel=channel, actor=actor)[0]


def fourteenth_birthday(birth_date: str, *, today: date) -> date | None:
    """When a child stops being one; None for whoever is fourteen already."""
    if not birth_date:
        return None
    born = date.fromisoformat(birth_date)
    try:
        ends = born.replace(year=born.year + CHILD)
    except ValueError:  # born on 29 February
        ends = date(born.year + CHILD, 3, 1)
    return ends if ends > today else None
