"""Who keeps away from a correction: whoever raised it, and whoever is near to the customer."""

from __future__ import annotations

from datetime import timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from access import actors, gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Assignment, User
from custodian import clock
from records.corrections import recording
from records.models import BlindIndex, Correction, CorrectionConfirmation, StaffTrace
from records.staff_traces import Relations

# Whoever handed the customer over is still hers for a while; company default.
STILL: Final = timedelta(days=90)
OWN, VOUCHED = "correction-own", "correction-vouched"
_ID_NUMBER: Final = "identity.id_number"


def is_near(correction: Correction, person: int | None) -> bool:
    """Also whoever lives with her, or shares a policy with her."""
    if person is None:
        return False
    return person in near(correction) or correction.subject_id in _kin_of(person)


def near(correction: Correction) -> set[int]:
    """By their keys: who raised it, the customer's agents, and she herself if she is of the staff."""
    with scopes.acting(actors.system(recording.WRITER)):
        return {
            *([correction.raised_by_id] if correction.raised_by_id is not None else []),
            *agents_of(correction.subject_id),
            *_of_the_staff(correction.subject_id),
        }


def refs(keys: set[int]) -> frozenset[UUID]:
    return frozenset(User.objects.filter(pk__in=keys).values_list("ref", flat=True))


def agents_of(subject: int) -> set[int]:
    """Those whose own customer she is, or was not long ago; in the product's own scope."""
    lately = Q(until=None) | Q(until__gt=clock.now() - STILL)
    own = Assignment.objects.filter(lately, subject_id=subject, purpose="")
    return set(own.values_list("user_id", flat=True))


def vouched(correction: Correction) -> set[int]:
    """Who put on record that the customer came, or wrote."""
    with scopes.acting(actors.system(recording.WRITER)):
        rows = CorrectionConfirmation.objects.filter(correction=correction, by__isnull=False)
        return set(rows.values_list("by_id", flat=True))


def require_apart(correction: Correction, action: Action, *, channel: str, actor: Actor) -> None:
    """Refuse, and put on record, whoever is too near."""
    if is_near(correction, actors.person(actor)):
        gate.refuse(actor, action, because=OWN, channel=channel)


def _of_the_staff(subject: int) -> set[int]:
    """By the same ID number, of which only fingerprints are compared."""
    current = BlindIndex.objects.current().filter(subject_id=subject, element=_ID_NUMBER)
    digests = list(current.values_list("digest", flat=True))
    known = StaffTrace.objects.filter(element=_ID_NUMBER, digest__in=digests)
    return set(known.values_list("user_id", flat=True))


def _kin_of(person: int) -> frozenset[int]:
    with scopes.acting(actors.system(recording.WRITER)):
        found = Relations().near([person]).get(person)
    return found.own | found.family | found.kin if found is not None else frozenset()
