"""What the demo's people have learned: nearly all of it, with gaps and an end that comes near to look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from access import actors, scopes
from access.models import Course, Undertaking, User
from access.sign_ins import channel_of
from access.training import attempts, undertakings
from access.vocabulary import Role
from custodian import clock
from custodian.demo.insurer.staff import WANG

# Courses that these passed so long ago that they lapsed, or never; and who has not signed.
LAPSED = {"A0198": "careful-looks"}
NEVER = {"K0502": ("personal-data-law", "careful-looks", "when-it-leaks")}
UNSIGNED = frozenset({"A0203", "K0502"})
ENDS_SOON = {WANG: "when-it-leaks"}
SOON = timedelta(days=5)


def learn(people: Mapping[str, User], *, begin: datetime, now: datetime) -> None:
    """Everybody takes the courses and signs, each at a moment of his own before the month of looks."""
    courses, promises = list(Course.objects.in_force()), list(Undertaking.objects.in_force())
    for place, (number, user) in enumerate(sorted(people.items())):
        if Role(user.role) is Role.REGULATOR:
            continue
        usual = begin + timedelta(minutes=place)
        for course in courses:
            if course.code not in NEVER.get(number, ()):
                _take(course, user, at=_moment(course.code, number, usual=usual, now=now))
        if number not in UNSIGNED:
            for each in promises:
                _sign(each, user, at=usual)


def _moment(course: str, number: str, *, usual: datetime, now: datetime) -> datetime:
    """Such that a year's validity ends when the demo wants it to."""
    year = timedelta(days=365)
    if LAPSED.get(number) == course:
        return usual - year - timedelta(days=3)
    return now - year + SOON if ENDS_SOON.get(number) == course else usual


def _take(course: Course, user: User, *, at: datetime) -> None:
    actor = actors.staff(user)
    right = {each.number: each.right for each in course.questions.all()}
    with clock.at(at), scopes.acting(actor):
        attempts.take(course, right, number=1, channel=channel_of(actor.role), actor=actor)


def _sign(undertaking: Undertaking, user: User, *, at: datetime) -> None:
    actor = replace(actors.staff(user), stepped_up=True)
    with clock.at(at), scopes.acting(actor):
        undertakings.sign(
            undertaking, seen=undertaking.digest, channel=channel_of(actor.role), actor=actor
        )
