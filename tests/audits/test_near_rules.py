"""Whom one looks at: just enough is found, just less is not."""

from __future__ import annotations

import pytest
from pyroaring import BitMap

from access.audits.day import Lists, Operator, Related
from access.audits.explaining import Assigned
from tests.audits.bench import ME, Bench, at, look, opens, views, work

NEAR = Related(own=BitMap([1]), family=BitMap([2, 3]), kin=BitMap([4, 5]))
LISTS = Lists(staff=BitMap([1, 2, 10, 11]), vip=BitMap([20, 21]), honey=BitMap([30]))
MINE = [Assigned(each, ME.id, at(9, back=90)) for each in range(40)]


def bench(*looks, **more):
    return Bench(looks=looks, **{"related": NEAR, "lists": LISTS, **more})


def test_one_look_at_oneself_is_found_even_with_an_item_and_even_ones_own_customer():
    hit = bench(*views(1, 9), items=[work(1)], assigned=MINE).found("self")
    assert hit is not None
    assert (hit.facts, len(hit.entries)) == ({"customers": 1, "looks": 1}, 1)


@pytest.mark.parametrize("rule", ["self", "family", "kin", "vip", "honey"])
def test_a_page_of_masks_on_which_somebody_stands_shows_no_interest(rule):
    page = [look("list", *range(40))]
    assert bench(*page, *page).found(rule) is None


@pytest.mark.parametrize(("rule", "customer"), [("family", 2), ("kin", 4)])
def test_one_look_at_somebody_near_is_found_unless_there_is_work(rule, customer):
    assert bench(*views(customer)).found(rule)
    assert bench(*views(customer), items=[work(customer)]).found(rule) is None
    assert bench(*views(9)).found(rule) is None


@pytest.mark.parametrize("customer", [2, 4])
def test_an_agent_who_sold_to_her_own_family_is_left_alone(customer):
    rule = {2: "family", 4: "kin"}[customer]
    assert bench(*views(customer), assigned=MINE).found(rule) is None


def test_an_item_that_one_opened_oneself_is_no_reason_to_look_at_ones_family():
    assert bench(*views(2), items=[work(2, opened_by=ME.id)]).found("family")


def test_where_half_the_street_has_the_name_it_says_nothing():
    few, many = (Related(kin=BitMap(range(100, 100 + n))) for n in (15, 16))
    assert bench(*views(100), related=few).found("kin")
    assert bench(*views(100), related=many).found("kin") is None


@pytest.mark.parametrize(("rule", "one", "other"), [("colleague", 10, 11), ("vip", 20, 21)])
def test_a_colleague_or_a_known_person_must_be_looked_at_again(rule, one, other):
    assert bench(*views(one, one)).found(rule) is None
    assert bench(*views(one, other)).found(rule)
    assert bench(*views(one), unexplained={29: BitMap([one])}).found(rule)
    assert bench(*views(one), unexplained={30: BitMap([one])}).found(rule) is None
    assert bench(*views(9), unexplained={1: BitMap([one, other])}).found(rule) is None


def test_ones_own_family_among_the_staff_is_family_and_no_colleague():
    assert bench(*views(2, 1)).found("colleague") is None


def test_an_office_is_no_reason_to_keep_looking_at_colleagues():
    officer = Operator(1, "compliance_officer", "1.2.")
    looks = [look("view", 10, purpose="compliance")]
    assert bench(*looks, me=officer).found("colleague") is None
    assert bench(*looks, me=officer, unasked={3: BitMap([10])}).found("colleague")


def test_whatever_one_opened_of_ones_own_customers_says_nothing_about_a_colleague():
    assert bench(*views(10), unasked={3: BitMap([10])}).found("colleague") is None


def test_a_honey_customer_is_nobodys_business():
    assert bench(*opens(30), items=[work(30)], assigned=MINE).found("honey")
