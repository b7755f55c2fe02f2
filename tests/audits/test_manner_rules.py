"""The manner: just enough is found, just less is not."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from access.audits.day import Operator, SignIn
from access.audits.explaining import Assigned
from access.audits.numbers import Numbers
from tests.audits.bench import ME, OTHERS, UNIT, Bench, at, look, peers, views, work

# off-hours


def at_night(tonight, before, *, seen=40, others=None):
    """Some customers tonight, and on days before some more."""
    past = {n + 1: Numbers(outside_hours=each, customers=seen) for n, each in enumerate(before)}
    return Bench(
        views(*range(tonight), when=at(21)), numbers={**(others or {}), ME.id: past}
    )  # fmt: skip


def test_eight_customers_on_four_nights_are_found_and_seven_or_three_nights_are_not():
    assert at_night(2, [2, 2, 2]).found("off-hours").facts["customers"] == 8
    assert at_night(2, [2, 2, 1]).found("off-hours") is None
    assert at_night(2, [3, 3, 0]).found("off-hours") is None


@pytest.mark.parametrize(("back", "found"), [(13, True), (14, False)])
def test_a_fortnight_of_nights_is_added_up(back, found):
    night = Numbers(outside_hours=2, customers=40)
    bench = Bench(views(1, 2, when=at(21)), numbers={ME.id: dict.fromkeys((1, 2, back), night)})
    assert bool(bench.found("off-hours")) is found


@pytest.mark.parametrize(("seen", "found"), [(52, True), (53, False)])
def test_a_twentieth_of_what_one_sees(seen, found):
    assert bool(at_night(2, [2, 2, 2], seen=seen).found("off-hours")) is found


def test_by_day_with_work_or_with_ones_own_customers_is_no_night():
    past = {ME.id: {n: Numbers(outside_hours=3, customers=10) for n in (1, 2, 3)}}
    night = views(1, 2, when=at(21))
    assert Bench(night, numbers=past).found("off-hours")
    assert Bench(views(1, 2), numbers=past).found("off-hours") is None
    assert Bench(night, numbers=past, items=[work(1), work(2)]).found("off-hours") is None
    own = [Assigned(each, ME.id, at(9, back=90)) for each in (1, 2)]
    assert Bench(night, numbers=past, assigned=own).found("off-hours") is None


@pytest.mark.parametrize(("colleagues", "found"), [(1, True), (2, False)])
def test_where_the_unit_works_at_night_nobody_is_told_of(colleagues, found):
    late = [each.id for each in OTHERS if each.unit == UNIT][:colleagues]
    usual = {
        each.id: {1: Numbers(outside_hours=4 if each.id in late else 0, customers=40)}
        for each in OTHERS
    }
    assert bool(at_night(2, [2, 2, 2], others=usual).found("off-hours")) is found


@pytest.mark.parametrize(("tonight", "found"), [(3, True), (2, False)])
def test_nights_are_four_times_what_the_role_does(tonight, found):
    bench = at_night(tonight, [3, 3, 3], others=peers(outside_hours=3))
    assert bool(bench.found("off-hours")) is found


def test_three_of_ten_in_the_unit_are_the_unit():
    team = {n: Operator(n, "service_desk", UNIT) for n in range(20, 26)}
    late = Numbers(outside_hours=4, customers=40)
    usual = {each.id: {1: Numbers(customers=40)} for each in (*OTHERS, *team.values())}
    bench = replace(at_night(2, [2, 2, 2], others=usual), team=[*team.values()])
    assert bench.found("off-hours")
    some = {**bench.numbers, **{n: {1: late} for n in (20, 21, 22)}}
    assert replace(bench, numbers=some).found("off-hours") is None


# off-portfolio


def refused(count, because="not-visible"):
    return [look("denied", because=because) for _ in range(count)]


@pytest.mark.parametrize("because", ["not-visible", "reach-not-covered"])
def test_twelve_customers_who_are_not_hers_and_eleven_are_few(because):
    assert Bench(refused(12, because)).found("off-portfolio")
    assert Bench(refused(11, because)).found("off-portfolio") is None


def test_other_refusals_say_nothing_about_whom_one_asks_for():
    others = refused(40, "step-up-not-covered") + refused(40, "purpose-not-covered")
    assert Bench([*others, *refused(11)]).found("off-portfolio") is None


def test_a_week_is_added_up_and_peers_who_are_refused_as_often_excuse():
    week = {ME.id: {6: Numbers(refused=11)}}
    assert Bench(refused(1), numbers=week).found("off-portfolio")
    assert (
        Bench(refused(1), numbers={ME.id: {7: Numbers(refused=11)}}).found("off-portfolio") is None
    )
    assert Bench(refused(16), numbers=peers(refused=4)).found("off-portfolio")
    assert Bench(refused(15), numbers=peers(refused=4)).found("off-portfolio") is None


# enumeration


def one_by_one(customers, gap=60):
    begin = at(10)
    return [
        look("view", each, when=begin + timedelta(seconds=gap * n))
        for n, each in enumerate(customers)
    ]


def test_fifteen_in_the_order_of_registration_and_fourteen_are_few():
    assert Bench(one_by_one(range(100, 115))).found("enumeration").facts == {"run": 15}
    assert Bench(one_by_one(range(100, 114))).found("enumeration") is None


def test_the_last_first_is_an_order_too_and_gaps_in_it_do_not_break_it():
    assert Bench(one_by_one(range(160, 100, -4))).found("enumeration")


@pytest.mark.parametrize(("gap", "found"), [(90, True), (91, False)])
def test_who_reads_each_page_is_not_running_through_them(gap, found):
    assert bool(Bench(one_by_one(range(100, 120), gap)).found("enumeration")) is found


def test_a_list_that_work_was_ordered_for_may_be_worked_through():
    items = [work(each) for each in range(100, 130)]
    assert Bench(one_by_one(range(100, 130)), items=items).found("enumeration") is None


def test_no_order_is_no_enumeration():
    mixed = [each for pair in zip(range(100, 120), range(200, 220), strict=True) for each in pair]
    assert Bench(one_by_one(mixed)).found("enumeration") is None


# fishing


def in_vain(empty, found=0):
    begin = at(9)
    searches = [look("search", when=begin + timedelta(minutes=10 * n)) for n in range(empty)]
    return [*searches, *(look("search", 100 + n, when=at(20)) for n in range(found))]


def test_twelve_searches_given_up_and_eleven_are_few():
    assert Bench(in_vain(12)).found("fishing").facts["count"] == 12
    assert Bench(in_vain(11)).found("fishing") is None


@pytest.mark.parametrize(("found", "told"), [(68, True), (69, False)])
def test_they_are_fifteen_in_a_hundred_of_all_searches(found, told):
    assert bool(Bench(in_vain(12, found)).found("fishing")) is told


@pytest.mark.parametrize(("back", "found"), [(6, True), (7, False)])
def test_a_week_of_searches_is_added_up(back, found):
    before = {ME.id: {back: Numbers(searches=11, empty_searches=11)}}
    assert bool(Bench(in_vain(1), numbers=before).found("fishing")) is found


def test_who_mistypes_and_then_finds_is_not_fishing():
    slips = [
        each
        for n in range(40)
        for each in (look("search", when=at(10, n)), look("search", n, when=at(10, n, 20)))
    ]
    assert Bench(slips).found("fishing") is None


@pytest.mark.parametrize(("usual", "found"), [(3, True), (4, False)])
def test_fishing_is_four_times_what_the_role_does(usual, found):
    assert bool(Bench(in_vain(12), numbers=peers(empty_searches=usual)).found("fishing")) is found


# dormant


@pytest.mark.parametrize(("idle", "found"), [(45, True), (44, False), (None, False)])
def test_an_account_that_slept_for_forty_five_days(idle, found):
    assert bool(Bench(views(1, 2, 3), last_active=idle).found("dormant")) is found


def test_it_takes_three_customers():
    assert Bench(views(1, 2), last_active=60).found("dormant") is None


@pytest.mark.parametrize(
    ("forgotten", "asked", "found"), [(3, 7, True), (3, 8, False), (5, 12, False)]
)
def test_who_comes_back_to_her_work_has_forgotten_some_items(forgotten, asked, found):
    items = [work(each) for each in range(10, 10 + asked)]
    looks = views(*range(forgotten), *range(10, 10 + asked))
    assert bool(Bench(looks, items=items, last_active=60).found("dormant")) is found


# shared


def signing_in(times, minutes, addresses=2):
    return [SignIn(n + 1, at(10, n * minutes), f"net-{n % addresses}") for n in range(times)]


def test_four_changes_within_an_hour_and_three_are_the_telephone():
    assert Bench(views(1), sign_ins=signing_in(5, 15)).found("shared").facts["changes"] == 4
    assert Bench(views(1), sign_ins=signing_in(4, 15)).found("shared") is None


def test_four_changes_over_more_than_an_hour_are_a_day_on_the_road():
    *first, last = signing_in(5, 15)
    late = replace(last, at=last.at + timedelta(minutes=1))
    assert Bench(views(1), sign_ins=[*first, late]).found("shared") is None


def test_one_address_and_an_account_that_saw_nobody_are_no_sharing():
    assert Bench(views(1), sign_ins=signing_in(9, 5, addresses=1)).found("shared") is None
    assert Bench(sign_ins=signing_in(9, 5)).found("shared") is None
