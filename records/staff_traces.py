"""Who among the customers is near to a member of staff: the same number, phone or home, or the same policy.

The personnel department's file says what is known of the staff; of it only fingerprints stay, made with
the keys of the customers' own blind indexes, so that equal values meet without either being opened.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

from django.db import connection, transaction

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import User
from access.ports import Nearness
from custodian.keys import index_versions
from records import blind_indexes
from records.blind_indexes import ADDRESS, KIN, Fingerprint
from records.models import StaffTrace

ID_NUMBER, MOBILE, EMAIL = "identity.id_number", "identity.mobile", "identity.email"
# An address or phone of more customers than these is a dormitory, a market or a switchboard.
CROWD: Final = 12
_SAME = """
SELECT t.user_id, t.element, array_agg(DISTINCT b.subject_id)
FROM records_stafftrace t
JOIN records_blindindex b ON b.element = t.element AND b.digest = t.digest AND b.until IS NULL
WHERE t.user_id = ANY (%s) GROUP BY t.user_id, t.element
"""
_IN_POLICIES = """
SELECT mine.subject_id, array_agg(DISTINCT other.subject_id)
FROM records_policyrole mine
JOIN records_policyrole other ON other.policy_id = mine.policy_id
WHERE mine.subject_id = ANY (%s) AND other.subject_id <> mine.subject_id GROUP BY mine.subject_id
"""


def note(user: User, values: Mapping[str, str], *, channel: str, actor: Actor) -> int:
    """Replace what is known of a person; `values` by element code, of which only fingerprints are kept."""
    traces = _traces(user.name, values)
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.USER_CHANGE,
            channel=channel,
            facts={"target": str(user.ref), "traces": len(traces)},
        )
        StaffTrace.objects.filter(user=user).delete()
        StaffTrace.objects.bulk_create(StaffTrace(user=user, **each.columns()) for each in traces)
    return len(traces)


def _traces(name: str, values: Mapping[str, str]) -> list[Fingerprint]:
    """Under every root that customers' fingerprints may be made with."""
    return [
        Fingerprint(element, digest, version)
        for version in index_versions()
        for element, digest in _under(version, name, values)
    ]


def _under(version: int, name: str, values: Mapping[str, str]) -> list[tuple[str, bytes]]:
    found = [
        (code, blind_indexes.digest(code, values[code], version=version))
        for code in (ID_NUMBER, MOBILE, EMAIL)
        if values.get(code)
    ]
    if address := values.get(ADDRESS):
        found.append((ADDRESS, blind_indexes.place(address, version=version)))
        if street := blind_indexes.kin(name, address, version=version):
            found.append((KIN, street))
    return found


class Relations:
    """The port through which audits ask; called in the scope of whoever audits."""

    def near(self, users: Iterable[int]) -> Mapping[int, Nearness]:
        same = _same(users)
        own = {user: by.get(ID_NUMBER, frozenset()) for user, by in same.items()}
        shared = _in_policies(each for subjects in own.values() for each in subjects)
        return {user: _nearness(by, own[user], shared) for user, by in same.items()}


def _nearness(
    by: Mapping[str, frozenset[int]],
    own: frozenset[int],
    shared: Mapping[int, frozenset[int]],
) -> Nearness:
    home = [by.get(code, frozenset()) for code in (MOBILE, EMAIL, ADDRESS)]
    family = frozenset().union(*(each for each in home if len(each) <= CROWD))
    policies = frozenset().union(*(shared.get(each, frozenset()) for each in own))
    return Nearness(own=own, family=(family | policies) - own, kin=by.get(KIN, frozenset()) - own)


def _same(users: Iterable[int]) -> dict[int, dict[str, frozenset[int]]]:
    found: dict[int, dict[str, frozenset[int]]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(_SAME, [list(users)])
        for user, element, subjects in cursor.fetchall():
            found[user][element] = frozenset(subjects)
    return found


def _in_policies(subjects: Iterable[int]) -> dict[int, frozenset[int]]:
    with connection.cursor() as cursor:
        cursor.execute(_IN_POLICIES, [list(subjects)])
        return {mine: frozenset(others) for mine, others in cursor.fetchall()}
