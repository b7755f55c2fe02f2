"""How many customers said yes, no, or nothing to each purpose, and what changed lately; numbers only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from typing import Any, Final

from django.db import connection

from access import choices, purpose_versions
from access.actors import Actor
from access.choices import Held
from access.law.reading import today
from access.purpose_versions import Versions
from custodian import clock
from custodian.regimes.calendars import DAY
from custodian.regimes.purposes import ProcessingPurpose, Who
from records.consents import asking, standing
from records.consents.standing import GIVEN, LABELS, NOT_RECORDED, REFUSED, WITHDRAWN, Standing
from records.models import Consent, Customer

STATES: Final = (GIVEN, REFUSED, WITHDRAWN, NOT_RECORDED)
MOST: Final = 50
# The last word of each living customer on each purpose.
_LAST: Final = """
SELECT purpose, said, count(*) FROM (
    SELECT DISTINCT ON (c.subject_id, c.purpose) c.purpose, c.said
    FROM records_consent c JOIN access_subject s ON s.id = c.subject_id AND s.status <> 'destroyed'
    ORDER BY c.subject_id, c.purpose, c.id DESC
) last GROUP BY purpose, said
"""
# Of these the ones who agreed before a moment.
_GIVEN_BEFORE: Final = """
SELECT count(*) FROM (
    SELECT DISTINCT ON (c.subject_id) c.said, c.at
    FROM records_consent c JOIN access_subject s ON s.id = c.subject_id AND s.status <> 'destroyed'
    WHERE c.purpose = %(purpose)s ORDER BY c.subject_id, c.id DESC
) last WHERE said = 'given' AND at < %(before)s
"""


@dataclass(frozen=True)
class Share:
    label: Any
    count: int
    share: float  # of all who are asked


@dataclass(frozen=True)
class Line:
    """One purpose of the register; `shares` are empty where nobody is asked."""

    purpose: ProcessingPurpose
    name: str
    says: str
    basis: Any
    shares: tuple[Share, ...] = ()
    since: date | None = None  # of the version that this insurer made; none: the file's
    anew: int = 0  # who agreed to less than it asks for by now


def lines() -> list[Line]:
    """Every purpose, in the order of the register, within the scope of whoever acts."""
    with connection.cursor() as cursor:
        cursor.execute(_LAST)
        said = {(purpose, word): number for purpose, word, number in cursor.fetchall()}
    people, versions = _people(), purpose_versions.changed()
    register = purpose_versions.register(today(), versions)
    return [
        replace(
            _line(each, said, people[each.who]),
            since=purpose_versions.held(each.code, today(), versions).since,
            anew=_anew(each, versions),
        )
        for each in (*asking.purposes(register), *asking.others(register))
    ]


def _anew(purpose: ProcessingPurpose, versions: Versions) -> int:
    """Whose last word is a yes of a day before the purpose came to ask for more."""
    known = versions.get(purpose.code, ())
    days = [each.since for each in known if each.since and each.since <= today()]
    grown = (day for day in reversed(days) if _lacks(purpose, known, day - DAY))
    if not purpose.asks or (day := next(grown, None)) is None:
        return 0
    with connection.cursor() as cursor:
        before = datetime.combine(day, time(), clock.OFFICE)
        cursor.execute(_GIVEN_BEFORE, {"purpose": purpose.code, "before": before})
        return int(cursor.fetchone()[0])


def _lacks(purpose: ProcessingPurpose, known: Sequence[Held], said: date) -> bool:
    """Whether a yes of that day no longer covers the purpose."""
    covered = choices.opened(choices.concerned(known, said, today=today()))
    return not covered or bool(standing.uncovered(purpose, covered))


def _line(purpose: ProcessingPurpose, said: Mapping[tuple[str, str], int], people: int) -> Line:
    shares: tuple[Share, ...] = ()
    if purpose.asks:
        counts = {word: said.get((purpose.code, word), 0) for word in STATES[:-1]}
        counts[NOT_RECORDED] = max(people - sum(counts.values()), 0)
        whole = sum(counts.values())
        shares = tuple(
            Share(LABELS[word], number, number / whole if whole else 0.0)
            for word, number in counts.items()
        )
    return Line(purpose, asking.name(purpose), asking.says(purpose), asking.ground(purpose), shares)


def _people() -> dict[Who, int]:
    """Of how many living customers each is asked."""
    living = Customer.objects.exclude(subject__status="destroyed")
    return {
        Who.ALL: living.count(),
        Who.PERSON: living.filter(kind=Customer.Kind.PERSON).count(),
        Who.CHILD: living.filter(minor_until__gt=today()).count(),
    }


def recent(*, actor: Actor) -> list[tuple[Standing, str]]:
    """The last changes but what a book brought, with the customer's reference and nothing else."""
    known = asking.register()
    rows = Consent.objects.visible_to(actor).filter(purpose__in=known).select_related("evidence")
    found = list(rows.exclude(subject__status="destroyed").exclude(by=Consent.By.IMPORT)[:MOST])
    refs = dict(
        Customer.objects.visible_to(actor)
        .filter(pk__in={each.subject_id for each in found})
        .values_list("pk", "ref")
    )
    return [(Standing(known[each.purpose], each), refs.get(each.subject_id, "")) for each in found]
