"""Which entries somebody may read: watchers all of them, a case's guest those of his open cases."""

from __future__ import annotations

from django.db.models import Exists, OuterRef, Q, QuerySet

from access.actors import Actor
from access.bundles.criteria import Criteria
from access.models import Case, Entry, SubjectAccess
from access.vocabulary import Role

ALL = frozenset({Role.COMPLIANCE_OFFICER, Role.SECURITY_OFFICER, Role.AUDITOR})


def entries_for(actor: Actor) -> QuerySet[Entry]:
    """The entries in no order; nothing for whoever is neither a watcher nor a guest."""
    if actor.role in ALL:
        return Entry.objects.all()
    allowed = Q(pk__in=[])
    for case in Case.objects.visible_to(actor):
        allowed |= _of(Criteria.of_case(case))
    return Entry.objects.filter(allowed)


def _of(criteria: Criteria) -> Q:
    start, end = criteria.period
    period = Q(ts__gte=start, ts__lt=end)
    if criteria.everything:
        return period
    named = Q(actor__in=criteria.operators) | Q(unit__in=criteria.units)
    if criteria.customers:
        shown = SubjectAccess.objects.filter(
            entry_id=OuterRef("pk"), subject__in=criteria.customers
        )
        named |= Q(Exists(shown))
    return period & named
