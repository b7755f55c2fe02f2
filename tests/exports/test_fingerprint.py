"""The recipient's fingerprint: made from a key, seen in any part of the file, and never a changed fact."""

from __future__ import annotations

import csv
import io
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from access.exports import files
from access.exports.files import Line, Title
from access.exports.fingerprint import (
    ENDS,
    GAPS,
    MOST_CANARIES,
    STROKES,
    Mark,
    canaries_among,
    set_digest,
)
from records.identifiers.dates import check_date

SECRET = b"a secret of thirty-two bytes 123"
MARKS = [Mark.of(SECRET, f"E-{number}") for number in range(60)]
TITLE = Title(["导出", "接收人"], ["客户编号", "姓名", "出生日期"])


def csv_of(mark: Mark, rows: dict[int, list[str]]) -> bytes:
    lines = [Line(subject, rows[subject]) for subject in mark.order(rows)]
    return b"".join(files.as_csv(TITLE, lines, mark))


def test_it_is_the_same_each_time_and_another_for_each_export_and_key():
    again = Mark.of(SECRET, "E-1")
    assert again.order(range(50)) == MARKS[1].order(range(50))
    assert again.order(range(50)) != MARKS[2].order(range(50))
    assert again.order(range(50)) != Mark.of(b"another secret", "E-1").order(range(50))
    assert len({mark.id for mark in MARKS}) == len(MARKS)


def test_nothing_of_it_follows_from_its_name_in_the_register():
    assert Mark(MARKS[0].id.encode()).order(range(30)) != MARKS[0].order(range(30))


@given(st.sets(st.integers(1, 10**9), min_size=2, max_size=40), st.randoms())
def test_any_part_of_the_rows_is_in_the_order_of_the_whole(subjects, chance):
    whole = MARKS[0].order(subjects)
    some = {each for each in subjects if chance.random() < 0.5}
    assert MARKS[0].order(some) == [each for each in whole if each in some]


@pytest.mark.parametrize("stroke", STROKES)
def test_a_date_in_another_writing_is_the_same_day(stroke):
    mark = next(each for each in MARKS if each.style.stroke == stroke)
    written = mark.style.date("1986-04-18")
    assert written == f"1986{stroke}04{stroke}18"
    assert check_date(written).value == "1986-04-18"


@pytest.mark.parametrize("text", ["长期", "", "1986", "13800138000", "2020-1-2", "A1986-04-18"])
def test_what_is_no_day_stays_as_it_is(text):
    assert {mark.style.date(text) for mark in MARKS} == {text}


def test_every_way_of_writing_is_used():
    styles = [mark.style for mark in MARKS]
    assert {each.stroke for each in styles} == set(STROKES)
    assert {each.end for each in styles} == set(ENDS)
    assert {each.gap for each in styles} == set(GAPS)
    assert {mark.quoted(7) for mark in MARKS} == {True, False}
    assert len({tuple(mark.columns("abcd")) for mark in MARKS}) > 10


@given(
    st.dictionaries(
        st.integers(1, 10**6),
        st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=3, max_size=3),
        min_size=1,
        max_size=12,
    )
)
def test_whoever_reads_the_csv_has_the_same_cells_under_every_fingerprint(rows):
    from custodian.formula import unguard

    for mark in MARKS[:6]:
        text = csv_of(mark, rows).decode("utf-8-sig")
        read = list(csv.reader(io.StringIO(text, newline="")))[2:]
        assert [[unguard(cell) for cell in row] for row in read] == [
            rows[subject] for subject in mark.order(rows)
        ]


def test_canaries_are_chosen_by_key_and_never_all_there_are():
    honey = list(range(100, 110))
    chosen = {tuple(mark.canaries(honey, rows=200)) for mark in MARKS}
    assert len(chosen) > 30
    assert all(len(each) == 5 for each in chosen)
    assert all(set(each) < set(honey) for each in chosen)


@pytest.mark.parametrize(
    ("rows", "honey", "canaries"),
    [(100, 0, 0), (100, 1, 1), (3, 5, 1), (100, 5, 3), (100, 100, 5), (5000, 100, MOST_CANARIES)],
)
def test_there_are_few_among_few(rows, honey, canaries):
    assert canaries_among(rows, honey) == canaries
    assert len(MARKS[0].canaries(range(honey), rows=rows)) == canaries


def test_a_set_of_customers_has_one_hash_in_any_order():
    some = list(range(30))
    random.Random(1).shuffle(some)
    assert set_digest(some) == set_digest(range(30))
    assert set_digest(some) != set_digest(range(31))
