"""A day is counted once: by sight, by customer, by hour."""

from __future__ import annotations

from pyroaring import BitMap

from access.audits.explaining import HANDED_OVER, NOTHING, OWN_WORD, WORK, Assigned, Explainer
from access.audits.summing import summed
from tests.audits.bench import ME, WEDNESDAY, at, look, opens, views, work


def counted(*looks, items=(), assigned=()):
    return summed(ME, WEDNESDAY, looks, [], Explainer(items, assigned))


def test_sights_are_counted_by_what_explains_them():
    its = counted(
        *views(1, 1, 2), *opens(1, 3), items=[work(1), work(2, opened_by=ME.id)]
    )  # fmt: skip
    assert its.explained == [(WORK,), (WORK,), (OWN_WORD,), (WORK,), (NOTHING,)]
    n = its.numbers
    assert (n.looks, n.sights, n.customers, n.opened) == (5, 5, 3, 2)
    assert (n.unexplained, n.own_word, n.unasked) == (1, 1, 1)
    assert (its.seen, its.opened) == (BitMap([1, 2, 3]), BitMap([1, 3]))
    assert (its.unexplained, its.unasked) == (BitMap([3]), BitMap([3]))


def test_a_page_of_masks_is_a_look_and_no_sight():
    its = counted(look("list", *range(25)), *views(99))
    n = its.numbers
    assert (n.looks, n.hours[10], n.sights, n.unexplained, n.customers) == (2, 2, 1, 1, 1)
    assert len(its.seen) == 26
    assert its.unexplained == BitMap([99])


def test_what_is_ones_own_is_opened_unasked_and_a_handed_over_customer_is_not():
    own, new = Assigned(1, ME.id, at(9, back=30)), Assigned(2, ME.id, at(9, back=3))
    its = counted(*opens(1, 2), assigned=[own, new])
    assert (its.unasked, its.numbers.unexplained) == (BitMap([1]), 0)


def test_only_refusals_of_customers_who_are_not_hers_count_as_refused():
    reasons = ("not-visible", "reach-not-covered", "step-up-not-covered", "purpose-not-covered")
    its = counted(*(look("denied", because=each) for each in reasons))
    assert (its.numbers.refused, its.numbers.looks) == (2, 0)


def test_a_search_after_which_somebody_is_found_at_once_was_a_slip():
    slip, found = look("search", when=at(10)), look("search", 5, when=at(10, 3))
    given_up, later = look("search", when=at(11)), look("view", 6, when=at(11, 3, 1))
    its = counted(slip, found, given_up, later)
    assert (its.numbers.searches, its.numbers.empty_searches) == (3, 1)


def test_outside_hours_only_what_nobody_asked_for_counts():
    late = at(21)
    its = counted(
        *views(1, 2, 3, 4, when=late),
        *views(5),
        look("list", 6, when=late),
        items=[work(1), work(2, opened_by=ME.id)],
        assigned=[Assigned(3, ME.id, at(9, back=30))],
    )
    assert its.numbers.outside_hours == 2  # the own word, and what nothing explains


def test_two_looks_within_the_hour_are_explained_each_by_its_own_moment():
    moved = at(10, 30)
    looks = [*views(1, when=at(10, 29, 59)), *views(1, when=moved)]
    its = counted(*looks, assigned=[Assigned(1, ME.id, moved)])
    assert its.explained == [(NOTHING,), (HANDED_OVER,)]


def test_refused_looks_show_nobody():
    its = counted(look("denied", because="not-visible"))
    assert not its.seen
    assert its.numbers.customers == 0
