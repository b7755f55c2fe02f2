"""Who has what now: the courses passed and in time, the undertakings signed in their newest words.

At the door the answer is at most a second old. What counts is what the rows' MACs vouch for.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from django.db import connection

from access import prepared
from access.training import evidence
from custodian import clock

# Rows are imported where they are used: the gate, and so this module, is read before Django is set up.
SOON = timedelta(days=30)
_FRESH = 1.0
_MOST = 10_000
_ALL = """
SELECT c.code, c.version, a.user_id, a.course_id, a.number, a.score, NULL::text,
       a.valid_until, a.taken_at, a.mac, true
FROM access_attempt a JOIN access_course c ON c.id = a.course_id
WHERE a.passed AND {attempts}
UNION ALL
SELECT u.code, u.version, s.user_id, s.undertaking_id, 0, 0, s.digest,
       CASE WHEN n.digest = s.digest THEN NULL ELSE u.until END, s.signed_at, s.mac,
       u.digest = s.digest
FROM access_signature s JOIN access_undertaking u ON u.id = s.undertaking_id
LEFT JOIN access_undertaking n ON n.code = u.code AND n.until IS NULL
WHERE {signatures}
"""
_OF_EVERYBODY = _ALL.format(attempts="true", signatures="true")
_OF_SOME = _ALL.format(
    attempts="a.user_id = ANY (%(people)s)", signatures="s.user_id = ANY (%(people)s)"
)
_cache: dict[int, tuple[float, frozenset[str]]] = {}
_WAITING_FRESH = 60.0
_waiting: dict[tuple[int, str], tuple[float, Waiting]] = {}


@dataclass(frozen=True)
class Held:
    """What somebody has of one code: until when (None: until other words take its place), and since when."""

    version: int
    until: datetime | None
    since: datetime

    def is_valid(self, now: datetime) -> bool:
        return self.until is None or self.until > now


def valid(person: int) -> frozenset[str]:
    """The codes that are valid for this person now, at most a second old."""
    now = time.monotonic()
    cached = _cache.get(person)
    if cached is None or now - cached[0] > _FRESH:
        if len(_cache) > _MOST:
            _cache.clear()
        moment = clock.now()
        held = held_by([person]).get(person, {})
        codes = frozenset(code for code, each in held.items() if each.is_valid(moment))
        cached = _cache[person] = (now, codes)
    return cached[1]


def forget(person: int | None = None) -> None:
    if person is None:
        _cache.clear()
        _waiting.clear()
    else:
        _cache.pop(person, None)
        for key in [each for each in _waiting if each[0] == person]:
            del _waiting[key]


def held_by(people: Collection[int] | None) -> dict[int, dict[str, Held]]:
    """By person and code what holds longest, lapsed ones included; of everybody if `people` is None."""
    found: dict[int, dict[str, Held]] = {}
    for row in _rows(people):
        if not _vouched_for(row):
            continue
        code, version, person, until, since = row[0], row[1], row[2], row[7], row[8]
        mine = found.setdefault(person, {})
        if code not in mine or _lasts(until) > _lasts(mine[code].until):
            mine[code] = Held(version, until, since)
    return found


def _rows(people: Collection[int] | None) -> list[Any]:
    if people is None:
        with connection.cursor() as cursor:
            cursor.execute(_OF_EVERYBODY)
            return list(cursor.fetchall())
    return prepared.fetch(_OF_SOME, {"people": "bigint[]"}, {"people": list(people)})


def _vouched_for(row: Any) -> bool:
    _code, _version, person, taught, number, score, digest, until, at, mac, same_words = row
    if digest is None:
        made = evidence.of_attempt(
            user=person, course=taught, number=number, score=score, until=until
        )
    else:
        made = evidence.of_signature(user=person, undertaking=taught, digest=digest, at=at)
    return bool(same_words) and evidence.same(mac, made)


def altered() -> Iterator[str]:
    """Passed attempts and signatures that nobody has made here; they open nothing."""
    for row in _rows(None):
        if not _vouched_for(row):
            kind = "attempt" if row[6] is None else "signature"
            yield f"{kind} of person {row[2]} for {row[0]}"


def _lasts(until: datetime | None) -> float:
    return until.timestamp() if until else float("inf")


@dataclass(frozen=True)
class Part:
    """One thing that a person must have, and how it stands."""

    taught: Any  # the version in force
    held: Held | None
    now: datetime

    @property
    def code(self) -> str:
        return str(self.taught.code)

    @property
    def is_course(self) -> bool:
        from access.models import Course

        return isinstance(self.taught, Course)

    @property
    def state(self) -> str:
        """missing, expired, soon or valid."""
        if self.held is None:
            return "missing"
        if not self.held.is_valid(self.now):
            return "expired"
        until = self.held.until
        return "soon" if until is not None and until <= self.now + SOON else "valid"

    @property
    def is_gap(self) -> bool:
        return self.state in {"missing", "expired"}

    @property
    def days_left(self) -> int | None:
        """Days of the office until the end; 0 on its last day."""
        if self.held is None or self.held.until is None:
            return None
        return (clock.local(self.held.until).date() - clock.local(self.now).date()).days


class Waiting(NamedTuple):
    """How much somebody lacks, and how much ends within a month."""

    gaps: int
    soon: int


def waiting_for(person: int, role: str) -> Waiting:
    """For the menu of every page, so at most a minute old; what the person does himself shows at once."""
    now = time.monotonic()
    cached = _waiting.get((person, role))
    if cached is None or now - cached[0] > _WAITING_FRESH:
        if len(_waiting) > _MOST:
            _waiting.clear()
        held = held_by([person]).get(person, {})
        states = [each.state for each in parts(role, taught(), held, now=clock.now())]
        gaps = sum(state in {"missing", "expired"} for state in states)
        found = Waiting(gaps, states.count("soon"))
        cached = _waiting[person, role] = (now, found)
    return cached[1]


def taught() -> list[Any]:
    """The courses and undertakings in force, courses first."""
    from access.models import Course, Undertaking

    return [*Course.objects.in_force(), *Undertaking.objects.in_force()]


def parts_of(person: Any) -> list[Part]:
    """What this person must have, and how it stands."""
    held = held_by([person.pk]).get(person.pk, {})
    return parts(person.role, taught(), held, now=clock.now())


def parts(role: str, known: Iterable[Any], held: dict[str, Held], *, now: datetime) -> list[Part]:
    return [Part(each, held.get(each.code), now) for each in known if each.is_for(role)]
