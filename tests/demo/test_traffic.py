"""The planned month looks like work, and the insider is in it."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

import pytest

from custodian import clock
from custodian.demo import traffic
from custodian.demo.insurer.staff import CAST, WANG, Staff
from custodian.demo.traffic import PlannedLook
from tests.demo.conftest import Written

MONTH = (date(2026, 10, 20), date(2026, 11, 19))


@pytest.fixture(scope="session")
def people(written: Written) -> list[Staff]:
    rows = written.tables["人员.csv"]
    keys = ("工号", "姓名", "登录名", "岗位", "所属机构代码")
    return [Staff(*(str(row[key]) for key in keys)) for row in rows]


@pytest.fixture(scope="session")
def looks(written: Written, people: list[Staff]) -> list[PlannedLook]:
    return list(traffic.plan(written.manifest.facts, people, MONTH, 7, looks=2000))


def roles(people: list[Staff]) -> dict[str, str]:
    return {person.staff_no: person.role for person in people}


def test_the_same_seed_plans_the_same_month(written, people, looks):
    assert list(traffic.plan(written.manifest.facts, people, MONTH, 7, looks=2000)) == looks


def test_looks_come_in_strictly_ascending_time_within_the_month(looks):
    assert all(one.at < two.at for one, two in pairwise(looks))
    assert all(look.at.utcoffset() is not None for look in looks)
    days = {clock.local(look.at).date() for look in looks}
    assert MONTH[0] <= min(days)
    assert max(days) <= MONTH[1]


def test_about_as_many_looks_as_asked_for(written, people, looks):
    assert len(looks) == pytest.approx(2000, rel=0.15)
    unasked = list(traffic.plan(written.manifest.facts, people, MONTH, 7))
    assert len(unasked) == pytest.approx(0.6 * 800, rel=0.3)


def test_agents_look_at_their_own_customers_or_are_refused(written, people, looks):
    portfolios = {number: set(keys) for number, keys in written.manifest.facts.portfolios.items()}
    refused = 0
    for look in looks:
        own = portfolios.get(look.staff_no)
        if own is None:
            continue
        if look.action == "denied":
            refused += 1
            assert own.isdisjoint(look.subject_keys)
        else:
            assert own.issuperset(look.subject_keys)
    assert refused > 5


def test_claims_handlers_look_at_claimants_for_claims(written, people, looks):
    role = roles(people)
    claimants = set(written.manifest.facts.claimants)
    seen = [look for look in looks if role[look.staff_no] == "理赔人员"]
    assert seen
    assert all(claimants.issuperset(look.subject_keys) for look in seen)
    assert {look.purpose for look in seen} == {"claim", "payment"}


def test_officers_read_the_log_and_no_customer(people, looks):
    role = roles(people)
    seen = [look for look in looks if role[look.staff_no] in {"合规官", "审计"}]
    assert seen
    assert all(not look.subject_keys and not look.elements for look in seen)


def test_the_administrator_is_only_ever_refused(people, looks):
    role = roles(people)
    assert {x.action for x in looks if role[x.staff_no] == "系统管理员"} <= {"denied"}


def test_nobody_looks_at_honey_customers(written, looks):
    honey = set(written.manifest.facts.honey)
    assert all(honey.isdisjoint(look.subject_keys) for look in looks)


def test_lunch_and_weekends_are_thin(looks):
    honest = [look for look in looks if look.staff_no != WANG]
    hours = Counter(clock.local(look.at).hour for look in honest)
    weekdays = Counter(clock.local(look.at).weekday() for look in honest)
    assert hours[12] < hours[10] / 2
    assert set(hours) <= set(range(8, 20))
    assert weekdays[5] + weekdays[6] < weekdays[0]


def test_the_insider_reveals_every_targets_mobile_slowly(written, looks):
    targets = set(written.manifest.facts.targets)
    thefts = [
        look
        for look in looks
        if look.staff_no == WANG
        and look.action == "reveal"
        and targets.issuperset(look.subject_keys)
    ]
    assert {
        look.subject_keys[0] for look in thefts if "identity.mobile" in look.elements
    } == targets
    per_day = Counter(clock.local(look.at).date() for look in thefts)
    assert len(per_day) > 7
    assert max(per_day.values()) <= 20


def test_part_of_the_theft_happens_at_night_and_on_saturdays(looks):
    night = [clock.local(look.at) for look in looks if clock.local(look.at).hour >= 21]
    assert {look.staff_no for look in looks if clock.local(look.at).hour >= 21} == {WANG}
    assert any(moment.weekday() == 5 for moment in night)
    assert any(moment.weekday() < 5 for moment in night)


def test_minors_are_never_asked_for_a_policy(written, looks):
    minors = set(written.manifest.facts.minors)
    for look in looks:
        if look.action == "reveal" and minors.intersection(look.subject_keys):
            assert not any(element.startswith("policy.") for element in look.elements)


def test_without_the_insider_among_the_staff_nothing_is_stolen(written):
    honest = [person for person in CAST if person.staff_no != WANG]
    planned = list(traffic.plan(written.manifest.facts, honest, MONTH, 7))
    assert all(clock.local(look.at).hour < 20 for look in planned)
