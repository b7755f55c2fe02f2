"""Agents whose policies' early claims stand far above what the rest of their unit would lead to expect."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from custodian import clock
from incidents.fraud.rules import Rule
from incidents.fraud.signals import Hit
from records.models import Claim

# Policies of an agent's own customers, and the claims on each that came early.
_SERVED: Final = """
SELECT u.id, u.staff_no, u.unit_id, count(DISTINCT p.id),
       count(DISTINCT p.id) FILTER (WHERE c.id IS NOT NULL),
       coalesce(array_agg(DISTINCT c.id ORDER BY c.id) FILTER (WHERE c.id IS NOT NULL), '{}')
FROM access_assignment a
JOIN access_user u ON u.id = a.user_id AND u.role = 'agent'
JOIN access_subject s ON s.id = a.subject_id AND NOT s.honey AND s.status <> 'destroyed'
JOIN records_policy p ON p.subject_id = a.subject_id AND p.starts_on IS NOT NULL
LEFT JOIN records_claim c ON c.policy_id = p.id
     AND coalesce(c.occurred_on, c.reported_on) - p.starts_on BETWEEN 0 AND %(days)s - 1
WHERE a.grant_id IS NULL AND a.window_id IS NULL AND a.since <= %(now)s
  AND (a.until IS NULL OR a.until > %(now)s)
GROUP BY u.id ORDER BY u.id
"""


@dataclass(frozen=True)
class Served:
    """One agent: policies, those of them with an early claim, and these claims."""

    user: int
    staff_no: str
    unit: int
    policies: int
    early: int
    claims: tuple[int, ...]


@dataclass(frozen=True)
class Standing:
    """How an agent stands to the rest of his unit; every step of the arithmetic is shown."""

    others: int
    others_early: int
    policies: int
    early: int

    @property
    def base(self) -> float:
        """One is added to both, so that a unit without any early claim is not taken for a certainty."""
        return (self.others_early + 1) / (self.others + 1)

    @property
    def expected(self) -> float:
        return self.base * self.policies

    @property
    def lift(self) -> float:
        return self.early / self.expected if self.expected else 0.0

    def told(self) -> dict[str, Any]:
        return {
            "others": self.others,
            "others_early": self.others_early,
            "policies": self.policies,
            "early": self.early,
            "base": round(self.base, 4),
            "expected": round(self.expected, 2),
            "lift": round(self.lift, 1),
        }


def find(rule: Rule) -> Iterator[Hit]:
    by_unit: dict[int, list[Served]] = defaultdict(list)
    for each in _served(rule):
        by_unit[each.unit].append(each)
    for agents in by_unit.values():
        for one in agents:
            standing = against(one, agents)
            if stands_out(rule, standing):
                yield _hit(rule, one, standing)


def against(one: Served, agents: list[Served]) -> Standing:
    """The rest of the unit, without him."""
    rest = [each for each in agents if each.user != one.user]
    others = sum(each.policies for each in rest)
    return Standing(others, sum(each.early for each in rest), one.policies, one.early)


def stands_out(rule: Rule, standing: Standing) -> bool:
    least = rule.threshold
    enough = standing.others >= least["others"] and standing.early >= least["claims"]
    return enough and standing.lift >= least["lift"]


def _served(rule: Rule) -> Iterator[Served]:
    with connection.cursor() as cursor:
        cursor.execute(_SERVED, {"days": rule.threshold["days"], "now": clock.now()})
        for user, staff_no, unit, policies, early, claims in cursor.fetchall():
            yield Served(user, staff_no, unit, policies, early, tuple(claims))


def _hit(rule: Rule, one: Served, standing: Standing) -> Hit:
    """At his newest early claim; another one makes it another signal, another rate of the unit does not."""
    rows = Claim.objects.filter(pk__in=one.claims).order_by("pk")
    found = list(rows)
    newest, refs = found[-1], [each.ref for each in found]
    facts = {**standing.told(), "operator": one.user, "refs": refs}
    same = [one.staff_no, *sorted(refs)]
    return Hit(rule.code, newest.pk, newest.subject_id, newest.policy_id, same, facts, one.user)
