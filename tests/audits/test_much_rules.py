"""How much: just enough is found, just less is not."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pyroaring import BitMap

from access.audits.explaining import Assigned
from access.audits.numbers import Numbers
from tests.audits.bench import (
    ME,
    OTHERS,
    WEDNESDAY,
    Bench,
    _back,
    at,
    opens,
    peers,
    views,
    work,
)


def some(count, first=100):
    return range(first, first + count)


def mine(**by_name):
    return {ME.id: {1: Numbers(**by_name)}}


# bulk


def test_forty_customers_opened_in_a_day_are_many_and_thirty_nine_are_not():
    assert Bench(opens(*some(40))).found("bulk").facts["customers"] == 40
    assert Bench(opens(*some(39))).found("bulk") is None


def test_work_in_bulk_is_work():
    assert Bench(opens(*some(60)), items=[work(each) for each in some(60)]).found("bulk") is None


def test_looking_at_masks_in_bulk_opens_nobody():
    assert Bench(views(*some(60))).found("bulk") is None


@pytest.mark.parametrize(("usual", "found"), [(10, True), (11, False)])
def test_bulk_is_four_times_what_the_person_does_herself(usual, found):
    assert bool(Bench(opens(*some(40)), numbers=mine(unasked=usual)).found("bulk")) is found


@pytest.mark.parametrize(("each", "found"), [(10, True), (11, False)])
def test_bulk_is_four_times_what_peers_do_on_the_day(each, found):
    theirs = {other.id: opens(*some(each, 5000)) for other in OTHERS}
    assert bool(Bench(opens(*some(40)), theirs=theirs).found("bulk")) is found
    assert Bench(opens(*some(44)), theirs=theirs).found("bulk")


# harvest


@pytest.mark.parametrize(("before", "found"), [(49, True), (48, False)])
def test_fifty_own_customers_in_a_month_without_work(before, found):
    own = [Assigned(100, ME.id, at(9, back=90))]
    bench = Bench(opens(100), assigned=own, unasked={29: BitMap(some(before, 500))})
    assert bool(bench.found("harvest")) is found
    older = replace(bench, unasked={30: BitMap(some(before, 500))})
    assert older.found("harvest") is None


@pytest.mark.parametrize(("peer", "found"), [(12, True), (13, False)])
def test_a_harvest_is_four_times_what_the_role_does(peer, found):
    bench = Bench(
        opens(100), unasked={2: BitMap(some(49, 500))}, numbers=peers(unasked=peer)
    )  # fmt: skip
    assert bool(bench.found("harvest")) is found


def test_a_customer_opened_every_day_is_one_customer():
    again = {n: BitMap(some(30)) for n in range(1, 20)}
    assert Bench(opens(*some(30)), unasked=again).found("harvest") is None


# drip


def dripping(days, *, skipped=0, each=1, sights=40, usual=0.01, oldest=None):
    """Somebody at work on so many days before today, with customers whom nothing explains on all but some."""
    spread = [*range(1, days), oldest or days]
    numbers = {n: Numbers(sights=sights, unexplained=each) for n in spread}
    others = peers(sights=1000, unexplained=round(1000 * usual))
    held = {n: BitMap(some(each, 1000 * n)) for n in spread if n > skipped}
    return Bench(views(*some(each)), numbers={**others, ME.id: numbers}, unexplained=held)


def test_one_a_day_on_thirty_days_is_a_drip_and_on_twenty_nine_is_not_yet():
    assert dripping(29).found("drip").facts["active"] == 30
    assert dripping(28).found("drip") is None


@pytest.mark.parametrize(("oldest", "found"), [(59, True), (60, False)])
def test_two_months_of_drops_are_added_up(oldest, found):
    assert bool(dripping(29, oldest=oldest).found("drip")) is found


@pytest.mark.parametrize(("days", "skipped", "found"), [(39, 2, True), (33, 2, False)])
def test_a_drip_comes_nearly_every_day(days, skipped, found):
    assert bool(dripping(days, skipped=skipped).found("drip")) is found  # 95.0 and 94.1 %


def test_many_a_day_are_no_drip():
    assert dripping(35, each=5, sights=100).found("drip")
    assert dripping(35, each=6, sights=100).found("drip") is None


@pytest.mark.parametrize(("usual", "found"), [(0.011, True), (0.012, False)])
def test_a_drip_is_more_than_twice_what_the_role_forgets(usual, found):
    # 30 of 1,161 sights is 2.6 %.
    assert bool(dripping(29, usual=usual).found("drip")) is found


# leaver


def leaving(count, **more):
    return Bench(opens(*some(count)), me=replace(ME, **more))


def test_fifteen_customers_after_notice_are_many_and_fourteen_are_not():
    assert leaving(15, notice_on=WEDNESDAY).found("leaver").facts["customers"] == 15
    assert leaving(14, notice_on=WEDNESDAY).found("leaver") is None


def test_before_notice_nothing_is_held_against_anybody():
    assert leaving(30, notice_on=_back(-1)).found("leaver") is None
    assert leaving(30).found("leaver") is None


def test_a_month_before_the_last_day_counts_as_notice():
    assert leaving(15, leaves_on=_back(-30)).found("leaver")
    assert leaving(15, leaves_on=_back(-31)).found("leaver") is None


def test_the_week_is_added_up_and_what_is_older_is_not():
    bench = leaving(5, notice_on=_back(20))
    assert replace(bench, unasked={6: BitMap(some(10, 500))}).found("leaver")
    assert replace(bench, unasked={7: BitMap(some(10, 500))}).found("leaver") is None


def test_who_always_opened_many_may_go_on_after_notice():
    bench = leaving(15, notice_on=WEDNESDAY)
    for usual, found in ((7, True), (8, False)):
        assert bool(replace(bench, numbers=mine(unasked=usual)).found("leaver")) is found


# unexplained and own word


def explained_in_part(unexplained, sights, *, word=False):
    """So many sights of which so many have nothing, or her own word, behind them."""
    customers, rest = some(unexplained), some(sights - unexplained, 9000)
    items = [work(each) for each in rest]
    if word:
        items += [work(each, opened_by=ME.id) for each in customers]
    return Bench(views(*customers, *rest), items=items)


@pytest.mark.parametrize(("rule", "share"), [("unexplained", 25), ("own-word", 40)])
def test_a_share_counts_from_thirty_sights_on(rule, share):
    word = rule == "own-word"
    whole = 30 * 100 // share
    assert explained_in_part(30, whole, word=word).found(rule).facts["share"] == share
    assert explained_in_part(30, whole + 1, word=word).found(rule) is None
    assert explained_in_part(29, 60, word=word).found(rule) is None


@pytest.mark.parametrize("rule", ["unexplained", "own-word"])
def test_a_share_that_is_usual_in_the_role_is_left_alone(rule):
    name = rule.replace("-", "_")
    bench = explained_in_part(32, 64, word=rule == "own-word")
    for usual, found in ((8, True), (9, False)):
        usually = peers(sights=100, **{name: usual})
        assert bool(replace(bench, numbers=usually).found(rule)) is found


@pytest.mark.parametrize("rule", ["unexplained", "own-word"])
@pytest.mark.parametrize(("back", "found"), [(13, True), (14, False)])
def test_a_fortnight_is_added_up(rule, back, found):
    before = {ME.id: {back: Numbers(sights=29, unexplained=29, own_word=29)}}
    word = rule == "own-word"
    bench = replace(explained_in_part(1, 1, word=word), numbers=before)
    assert bool(bench.found(rule)) is found


@pytest.mark.parametrize("rule", ["unexplained", "own-word"])
def test_who_did_nothing_of_the_kind_today_is_not_told_of_again(rule):
    past = {ME.id: {1: Numbers(sights=100, unexplained=90, own_word=90)}}
    assert Bench(views(1), items=[work(1)], numbers=past).found(rule) is None
