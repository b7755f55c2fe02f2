"""Whom a campaign covers, which rights they hold, and who is to answer for each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, QuerySet

from access import grants
from access.actors import REACH
from access.models import ApiToken, Assignment, Campaign, Case, HeldRight, TokenGrant, Unit, User
from access.vocabulary import Role
from custodian import clock

Kind = HeldRight.Kind


@dataclass(frozen=True)
class Right:
    """One right that a person holds now, in codes and counts."""

    person: int
    kind: str
    target: str
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Preview:
    """What a campaign would hold if it began now."""

    people: int
    rights: int
    without_reviewer: int


def people_of(unit: Unit | None, roles: Iterable[str]) -> QuerySet[User]:
    """Those employed, of these roles (of all, where none is named), in the unit and below."""
    people = User.objects.filter(is_active=True).select_related("unit").order_by("staff_no")
    if unit is not None:
        people = people.filter(unit__path__startswith=unit.path)
    wanted = list(roles)
    return people.filter(role__in=wanted) if wanted else people


def preview(unit: Unit | None, roles: Iterable[str]) -> Preview:
    people = list(people_of(unit, roles))
    line = Line()
    pool = sum(line.reviewer_of(each.pk) is None for each in people)
    return Preview(len(people), sum(1 for _each in held_by(people)), pool)


def rows_of(campaign: Campaign) -> Iterator[HeldRight]:
    """One for each person and right, with whoever is to answer for it."""
    line = Line()
    for right in held_by(list(people_of(campaign.unit, campaign.roles))):
        yield HeldRight(
            campaign=campaign,
            person_id=right.person,
            kind=right.kind,
            target=right.target,
            facts=dict(right.facts),
            reviewer_id=line.reviewer_of(right.person),
        )


def held_by(people: Iterable[User]) -> Iterator[Right]:
    """The rights of these people as they are now; a few questions for everybody together."""
    known = {each.pk: each for each in people}
    yield from (_role(each) for each in known.values())
    yield from _grants(known)
    yield from _portfolios(known)
    yield from _tokens(known)
    yield from _cases(known)


def _role(person: User) -> Right:
    role = Role(person.role)
    facts = {"role": role.value, "unit": person.unit.code, "reach": REACH[role].value}
    return Right(person.pk, Kind.ROLE, role.value, facts)


def _grants(people: Mapping[int, User]) -> Iterator[Right]:
    for grant in grants.open_ones().filter(user_id__in=people).order_by("until"):
        facts = {
            "purpose": grant.purpose,
            "customers": len(grant.customers),
            "until": grant.until.isoformat(),
        }
        yield Right(grant.user_id, Kind.GRANT, str(grant.ref), facts)


def _portfolios(people: Mapping[int, User]) -> Iterator[Right]:
    """All own customers of a person are one right: they were given as a list, and are taken as one."""
    own = Assignment.objects.current().filter(grant=None, window=None, user_id__in=people)
    counted = own.order_by().values_list("user_id").annotate(Count("subject_id", distinct=True))
    for person, customers in counted:
        yield Right(person, Kind.PORTFOLIO, "own", {"customers": customers})


def _tokens(people: Mapping[int, User]) -> Iterator[Right]:
    tokens = ApiToken.objects.filter(
        user_id__in=people, revoked_at=None, expires_at__gt=clock.now()
    ).order_by("expires_at")
    leave = dict(
        TokenGrant.objects.in_force().order_by().values_list("token_id").annotate(Count("id"))
    )
    for token in tokens:
        facts = {
            "name": token.name,
            "actions": len(token.actions),
            "grants": leave.get(token.pk, 0),
            "until": token.expires_at.isoformat(),
        }
        yield Right(token.user_id, Kind.TOKEN, str(token.ref), facts)


def _cases(people: Mapping[int, User]) -> Iterator[Right]:
    for case in Case.objects.open().filter(guests__in=list(people)).distinct():
        facts = {"case": case.ref, "until": case.access_until.isoformat()}
        for guest in case.guests.filter(pk__in=people).values_list("pk", flat=True):
            yield Right(guest, Kind.CASE, case.ref, facts)


class Line:
    """The register of managers, read once: the nearest one in office answers for a person."""

    def __init__(self) -> None:
        rows = User.objects.values_list("pk", "manager_id", "is_active", "role")
        self._managers = {key: manager for key, manager, _active, _role in rows}
        self._reviews = {
            key for key, _manager, active, role in rows if active and role != Role.REGULATOR
        }

    def reviewer_of(self, person: int) -> int | None:
        """None: nobody above is in office, so that it falls to the compliance officers."""
        seen = {person}
        above = self._managers.get(person)
        while above is not None and above not in seen:
            if above in self._reviews:
                return above
            seen.add(above)
            above = self._managers.get(above)
        return None
