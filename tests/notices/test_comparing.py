"""What a version changed: nothing lost, nothing invented, and no more marked than needs be."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as some

from records.models import PublishedText
from records.notices import comparing
from records.notices.contents import Both
from tests.notices import writing

Kind = PublishedText.Kind
PARAGRAPHS = some.lists(some.text("甲乙丙丁ab 1，。", min_size=1, max_size=12), max_size=6)


def sides(found) -> tuple[list[str], list[str]]:
    """The former and the new paragraphs, as a difference tells them."""
    old, new = [], []
    for paragraph in found:
        before = "".join(run.words for run in paragraph.runs if run.state != "added")
        after = "".join(run.words for run in paragraph.runs if run.state != "removed")
        old += [before] if paragraph.state != "added" else []
        new += [after] if paragraph.state != "removed" else []
    return old, new


@given(PARAGRAPHS, PARAGRAPHS)
def test_a_difference_tells_both_sides_whole(old, new):
    assert sides(comparing.paragraphs(old, new)) == (old, new)


@given(PARAGRAPHS)
def test_the_same_text_has_no_difference(text):
    assert {each.state for each in comparing.paragraphs(text, text)} <= {"same"}


def test_a_changed_term_is_marked_and_the_rest_of_the_sentence_is_not():
    runs = comparing.runs("一般三十天内答复；不收费。", "一般十五天内答复；不收费。")
    assert [(run.state, run.words) for run in runs if run.state == "same"][-1] == (
        "same",
        "天内答复；不收费。",
    )
    changed = "".join(run.words for run in runs if run.state != "same")
    assert len(changed) <= 6


def test_english_is_compared_by_words():
    runs = comparing.runs("within thirty days", "within fifteen days")
    assert [(run.state, run.words) for run in runs] == [
        ("same", "within "),
        ("removed", "thirty"),
        ("added", "fifteen"),
        ("same", " days"),
    ]


def test_another_paragraph_is_not_the_old_one_changed():
    (gone, fresh) = comparing.paragraphs(["我们不出售您的信息。"], ["Every branch knows."])
    assert (gone.state, fresh.state) == ("removed", "added")


@pytest.mark.parametrize("tongue", ["zh", "en"])
def test_only_the_part_that_changed_counts_as_changed(tongue):
    old = writing.content()
    new = writing.with_part(old, "retention", "存十年。", "Ten years.")
    parts = comparing.compare(Kind.PROCESSING, old, new, language=tongue)
    assert [each.key for each in parts if each.changed] == ["retention"]
    assert len(parts) == len(old.parts) + 2


def test_a_new_part_and_a_new_title_are_seen():
    old = writing.content(parts={})
    new = replace(writing.content(), title=Both("新标题", "New"))
    parts = comparing.compare(Kind.PROCESSING, old, new, language="zh")
    assert {each.key for each in parts if each.changed} == {"title", *new.parts}
