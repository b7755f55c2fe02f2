"""Which of many exports a file is, from a part of its rows; and that a file of nobody's stays unknown."""

from __future__ import annotations

import itertools
import math
import random

import pytest

from access.exports import recognising
from access.exports.fingerprint import Mark
from access.exports.recognising import Known, Leak, rank

SECRET = b"a secret of thirty-two bytes 123"
CUSTOMERS = frozenset(range(1, 201))
HONEY = list(range(900, 910))
HEADS = ["客户编号", "姓名", "手机号码", "出生日期", "联系地址"]


def known(number: int, *, customers: frozenset[int] = CUSTOMERS) -> Known:
    mark = Mark.of(SECRET, f"E-{number}")
    canaries = frozenset(mark.canaries(HONEY, rows=len(customers)))
    return Known(
        f"E-{number}", mark, customers | canaries, canaries=canaries, honey=len(HONEY),
        heads=[HEADS[0], *mark.columns(HEADS[1:])],
    )  # fmt: skip


EXPORTS = [known(number) for number in range(60)]


def leak(of: Known, *, share: float = 0.2, seed: int = 0, **more) -> Leak:
    """A part of the rows as they stood, and nothing of how they were written."""
    chance = random.Random(seed)
    rows = [each for each in of.mark.order(of.subjects) if chance.random() < share]
    return Leak(rows, honey=frozenset(rows) & frozenset(HONEY), **more)


def names(found) -> list[str]:
    return [each.code for each in found if each.named]


@pytest.mark.parametrize("seed", range(20))
def test_a_fifth_of_the_rows_names_one_of_sixty_exports_of_the_same_customers(seed):
    of = EXPORTS[seed * 3]
    found = rank(leak(of, seed=seed), EXPORTS)
    assert names(found) == [of.code]
    assert found[0].agreeing == 1.0


@pytest.mark.parametrize("seed", range(20))
def test_the_same_customers_in_an_order_of_nobodys_are_unknown(seed):
    rows = sorted(CUSTOMERS)
    random.Random(seed).shuffle(rows)
    found = rank(Leak(rows[: 40 + 8 * seed]), EXPORTS)
    assert len(found) == len(EXPORTS)
    assert names(found) == []


@pytest.mark.parametrize("rows", [sorted(CUSTOMERS), sorted(CUSTOMERS, reverse=True)])
def test_a_sorted_list_is_unknown(rows):
    assert names(rank(Leak(rows), EXPORTS)) == []


def test_an_export_under_another_key_is_unknown():
    rows = Mark.of(b"another installation", "E-3").order(CUSTOMERS)
    assert names(rank(Leak(rows), EXPORTS)) == []


def test_a_file_with_none_of_the_customers_is_no_candidate_at_all():
    assert rank(Leak([5001, 5002, None]), EXPORTS) == []


def test_rows_that_are_nobodys_and_rows_that_stand_twice_do_no_harm():
    whole = leak(EXPORTS[7]).subjects
    rows = list(itertools.chain.from_iterable((each, None, each) for each in whole))
    assert names(rank(Leak(rows), EXPORTS)) == ["E-7"]


def test_a_tenth_of_the_rows_moved_by_hand_leave_it_recognised():
    chance, rows = random.Random(3), list(leak(EXPORTS[9], share=0.4).subjects)
    for _ in range(len(rows) // 10):
        rows.append(rows.pop(chance.randrange(len(rows))))
    found = rank(Leak(rows), EXPORTS)
    assert names(found) == ["E-9"]
    assert found[0].agreeing < 1.0


def test_two_exports_put_together_are_both_named():
    first, second = known(100, customers=frozenset(range(1, 60))), known(
        101, customers=frozenset(range(60, 120))
    )  # fmt: skip
    rows = [*first.mark.order(first.subjects), *second.mark.order(second.subjects - first.subjects)]
    assert sorted(names(rank(Leak(rows), [*EXPORTS, first, second]))) == ["E-100", "E-101"]


def test_a_re_sorted_file_is_known_by_its_quotation_marks():
    of = EXPORTS[4]
    rows = sorted(of.subjects)
    file = Leak(rows, quoted=[of.mark.quoted(each) for each in rows])
    assert names(rank(file, EXPORTS)) == ["E-4"]


def test_a_workbook_has_no_quotation_marks_to_go_by():
    of = Known(**{**vars(EXPORTS[4]), "text": False})
    rows = sorted(of.subjects)
    file = Leak(rows, quoted=[of.mark.quoted(each) for each in rows])
    assert names(rank(file, [of])) == []


@pytest.mark.parametrize("quoted", [True, False])
def test_a_file_that_was_saved_again_is_no_evidence(quoted):
    rows = sorted(CUSTOMERS)
    assert names(rank(Leak(rows, quoted=[quoted] * len(rows)), EXPORTS)) == []


def test_a_honey_customer_speaks_for_those_who_hold_her_and_is_told_of_the_others():
    of = EXPORTS[11]
    (canary, *_), rows = sorted(of.canaries), sorted(CUSTOMERS)[:3]
    found = {
        each.code: each for each in rank(Leak([*rows, canary], honey=frozenset({canary})), EXPORTS)
    }
    held = {each.code for each in EXPORTS if canary in each.canaries}
    assert {code for code, each in found.items() if each.canaries == 1} == held
    assert {code for code, each in found.items() if each.foreign == 1} == set(found) - held
    assert found["E-11"].evidence["canaries"] == pytest.approx(
        math.comb(9, len(of.canaries) - 1) / math.comb(10, len(of.canaries))
    )


def test_ways_of_writing_alone_name_nobody():
    of = EXPORTS[5]
    style = of.mark.style
    file = Leak([1, 2], stroke=style.stroke, end=style.end, heads=of.heads)
    found = rank(file, EXPORTS)
    assert names(found) == []
    assert {each.code: each for each in found}["E-5"].evidence["writing"] == pytest.approx(
        1 / 3 / 2 / math.factorial(5)
    )


def test_shuffled_columns_speak_neither_for_nor_against():
    of = EXPORTS[5]
    chance = rank(leak(of, heads=of.heads[::-1]), EXPORTS)[0].evidence["writing"]
    assert chance == 1.0
    assert names(rank(leak(of, heads=of.heads[::-1]), EXPORTS)) == ["E-5"]


# The arithmetic.


@pytest.mark.parametrize("n", range(2, 7))
def test_orders_are_counted_exactly(n):
    counted = [0] * (n * (n - 1) // 2 + 1)
    for order in itertools.permutations(bytes([each]) for each in range(n)):
        counted[recognising._inversions(order)] += 1
    shares = [each / math.factorial(n) for each in itertools.accumulate(counted)]
    assert recognising._at_most(n) == pytest.approx(shares)


def test_the_curve_goes_on_where_counting_ends():
    n = recognising.EXACT
    pairs = n * (n - 1) // 2
    spread = math.sqrt(n * (n - 1) * (2 * n + 5) / 72)
    for wrong in (pairs // 2, pairs // 3):
        curve = math.erfc((pairs / 2 - wrong - 0.5) / spread / math.sqrt(2)) / 2
        assert recognising._at_most(n)[wrong] == pytest.approx(curve, rel=0.2)


@pytest.mark.parametrize(("right", "thrown"), [(10, 10), (9, 10), (6, 10)])
def test_coins_are_counted_exactly(right, thrown):
    share = sum(math.comb(thrown, k) for k in range(right, thrown + 1)) / 2**thrown
    assert recognising._coins(right, thrown) == pytest.approx(share)


def test_of_files_made_by_chance_hardly_any_is_named():
    """The promise itself: fewer than one in a thousand over all exports tried."""
    chance, least = random.Random(17), []
    few = EXPORTS[:4]
    for _ in range(300):
        rows = chance.sample(sorted(CUSTOMERS), 12)
        quoted = [chance.random() < 0.5 for _ in rows]
        least.append(rank(Leak(rows, quoted=quoted), few)[0].chance)
    assert sum(each < 0.05 for each in least) <= 0.05 * len(least) * 2
    assert min(least) > recognising.ENOUGH / 10
