"""Ground truth: a quarter that the rules were not tuned on, with planted snoopers and harmless oddities.

The floors lie a little below what was measured when the rules were frozen; `docs/audits.md` has all numbers.
"""

from __future__ import annotations

import sys

import pytest

from tests.audits.quarter import made, running, scoring
from tests.audits.quarter.confounders import CONFOUNDERS
from tests.audits.quarter.snoopers import SNOOPERS

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("quarter")]

UNSEEN = 101  # of the three unseen seeds the one that came out worst
RECALL, PRECISION = 0.91, 0.80
# What these did is so much that other rules see both of them as well; `test_*_rules.py` tries theirs alone.
SEEN_BY_OTHERS_TOO = frozenset({"bulk", "enumeration", "leaver", "own-word"})


@pytest.fixture(scope="module")
def quarter():
    return made.made(UNSEEN)


@pytest.fixture(scope="module")
def run(quarter):
    return running.run(quarter)


@pytest.fixture(scope="module")
def its(quarter, run):
    found = scoring.score(quarter, run.hits)
    sys.stdout.write(scoring.told(quarter, found) + "\n")
    return found


def test_nearly_all_snoopers_are_found_and_nearly_all_who_are_found_are_snoopers(its):
    assert its.recall >= RECALL
    assert its.precision >= PRECISION
    assert len(its.found_as_meant) >= 31


def test_every_rule_of_the_daily_audit_has_its_snoopers():
    assert set(SNOOPERS) == set(running.RULES)


@pytest.mark.parametrize("kind", SNOOPERS)
def test_each_rule_finds_whom_it_is_meant_for(its, kind):
    assert any(kind in its.flagged[person] for person in its.found if its.planted[person] == kind)


@pytest.mark.parametrize("kind", sorted(set(SNOOPERS) - SEEN_BY_OTHERS_TOO))
def test_without_its_rule_a_snooper_is_missed(quarter, run, its, kind):
    without = scoring.score(quarter, [(day, hit) for day, hit in run.hits if hit.rule != kind])
    lost = its.found - without.found
    assert lost
    assert {its.planted[person] for person in lost} == {kind}


@pytest.mark.parametrize("name", CONFOUNDERS)
def test_what_only_looks_odd_raises_next_to_nothing(quarter, its, name):
    innocent = quarter.house.confounded[name] - set(its.planted)
    assert innocent
    assert len(innocent & set(its.flagged)) <= 1


def most(run, person, what):
    return max((what(numbers) for numbers in run.memory.numbers[person].values()), default=0)


def test_the_odd_things_did_happen(quarter, run):
    """Otherwise it would be no merit that they raise nothing."""
    odd = quarter.house.confounded
    everybody = [each.id for each in quarter.house.members]

    def opened(person):
        return most(run, person, lambda n: n.opened)

    def at_night(person):
        return most(run, person, lambda n: sum(n.hours[19:]))

    def refused(person):
        return sum(n.refused for n in run.memory.numbers[person].values())

    usual = sorted(map(opened, everybody))[len(everybody) // 2]
    assert max(map(opened, odd["quarter-end crunch"])) > 1.5 * usual
    assert sum(map(at_night, odd["shift change"])) > 10 * len(odd["shift change"])
    assert max(map(refused, odd["new colleagues"])) >= 6
    heir = max(odd["handover"], key=opened)
    assert opened(heir) >= 5
    typing = [len(_vain(quarter, person)) for person in odd["typo-prone"]]
    assert sum(typing) > 100 * len(typing)


def _vain(quarter, person):
    days = quarter.house.diary.looks.values()
    return [
        look for day in days for look in day.get(person, ()) if look.act == "search" and not look.subjects
    ]  # fmt: skip
