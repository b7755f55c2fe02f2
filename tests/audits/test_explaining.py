"""A look is explained by the business that stood before it, and by nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest

from access.audits.day import Operator
from access.audits.explaining import (
    ASSIGNED,
    HANDED_OVER,
    LENT,
    NOTHING,
    OFFICE,
    OWN_WORD,
    SERVES,
    WORK,
    Assigned,
    Explainer,
)
from access.models.work import WorkItem
from tests.audits.bench import ME, UNIT, at, work

CUSTOMER = 7
LONG_AGO = at(9, back=400)


def explain(*items, assigned=(), who=ME, purpose="policy_service", when=None):
    return Explainer(items, assigned).of(who, purpose, CUSTOMER, when or at(10))


def test_every_kind_of_work_says_what_it_is_reason_for():
    assert set(SERVES) == set(WorkItem.Kind)
    assert all(SERVES.values())


def test_an_item_of_mine_explains_and_one_about_somebody_else_does_not():
    assert explain(work(CUSTOMER)) == WORK
    assert explain(work(CUSTOMER + 1)) == NOTHING
    assert explain(work(CUSTOMER, user=2)) == NOTHING


def test_an_item_explains_only_purposes_that_it_serves():
    assert explain(work(CUSTOMER, kind="claim"), purpose="claim") == WORK
    assert explain(work(CUSTOMER, kind="claim"), purpose="underwriting") == NOTHING


@pytest.mark.parametrize(
    ("minutes", "code"), [(60, WORK), (61, NOTHING)], ids=["within the hour", "later"]
)
def test_a_call_may_be_written_up_within_the_hour(minutes, code):
    item = work(CUSTOMER, opened_at=at(10) + timedelta(minutes=minutes))
    assert explain(item) == code


@pytest.mark.parametrize(("seconds", "code"), [(0, WORK), (1, NOTHING)])
def test_work_may_be_finished_for_three_days_after_its_end(seconds, code):
    closed = at(10) - timedelta(days=3, seconds=seconds)
    assert explain(work(CUSTOMER, opened_at=LONG_AGO, closed_at=closed)) == code


def test_an_item_of_a_unit_is_for_whoever_works_in_it_or_below():
    item = work(CUSTOMER, user=0, unit="1.4.")
    assert explain(item) == WORK
    assert explain(item, who=Operator(1, "service_desk", "1.5.")) == NOTHING
    assert explain(work(CUSTOMER, user=0, unit=f"{UNIT}9.")) == NOTHING


def test_an_item_that_one_opened_oneself_is_ones_own_word():
    mine = work(CUSTOMER, opened_by=ME.id)
    assert explain(mine) == OWN_WORD
    assert explain(work(CUSTOMER, opened_by=2)) == WORK
    assert explain(mine, work(CUSTOMER)) == WORK


def test_what_is_ones_own_is_explained_from_its_second_to_its_last():
    whole = Assigned(CUSTOMER, ME.id, LONG_AGO, at(10))
    assert explain(assigned=[whole], when=at(10) - timedelta(seconds=1)) == ASSIGNED
    assert explain(assigned=[whole], when=at(10)) == NOTHING
    next_one = Assigned(CUSTOMER, 2, at(10))
    other = Operator(2, "agent", UNIT)
    assert explain(assigned=[whole, next_one], who=other, when=at(10)) == HANDED_OVER
    earlier = at(10) - timedelta(seconds=1)
    assert explain(assigned=[whole, next_one], who=other, when=earlier) == NOTHING


@pytest.mark.parametrize(("seconds", "code"), [(0, HANDED_OVER), (1, ASSIGNED)])
def test_for_two_weeks_a_customer_who_was_handed_over_is_work_in_itself(seconds, code):
    since = at(10) - timedelta(days=14, seconds=seconds)
    assert explain(assigned=[Assigned(CUSTOMER, ME.id, since)]) == code


def test_a_customer_lent_under_a_grant_is_told_apart_and_an_own_word_is_weaker():
    lent = Assigned(CUSTOMER, ME.id, at(9), at(18), lent=True)
    assert explain(assigned=[lent]) == LENT
    assert explain(work(CUSTOMER, opened_by=ME.id), assigned=[lent]) == LENT
    assert explain(work(CUSTOMER), assigned=[lent]) == WORK


@pytest.mark.parametrize(
    ("role", "purpose", "code"),
    [
        ("compliance_officer", "compliance", OFFICE),
        ("security_officer", "security", OFFICE),
        ("auditor", "audit", OFFICE),
        ("auditor", "compliance", NOTHING),
        ("service_desk", "compliance", NOTHING),
    ],
)
def test_an_office_explains_its_own_purpose_only(role, purpose, code):
    assert explain(who=Operator(1, role, "1.2."), purpose=purpose) == code
