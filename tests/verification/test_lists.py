"""The customers' lists beside entries that show many, in one process and in several, with few keys at hand."""

from __future__ import annotations

from dataclasses import replace

import pytest

from access.verification import looks as lists
from access.verification import run, stream
from custodian.drills import forge, history
from custodian.drills.copy import Copy
from tests.verification.playing import faults, report

pytestmark = pytest.mark.xdist_group("verification")
MANY = 7
CHANGES = {
    "another customer": (
        (
            "UPDATE querylog.subject_access SET subject = (SELECT uid FROM access_subject WHERE uid NOT IN"
            " (SELECT subject FROM querylog.subject_access WHERE entry_id = %s) LIMIT 1)"
            " WHERE entry_id = %s AND subject = (SELECT max(subject::text)::uuid"
            " FROM querylog.subject_access WHERE entry_id = %s)"
        ),
        "look-altered",
    ),
    "one is gone": (
        (
            "DELETE FROM querylog.subject_access WHERE entry_id = %s AND %s = entry_id AND subject ="
            " (SELECT max(subject::text)::uuid FROM querylog.subject_access WHERE entry_id = %s)"
        ),
        "looks-missing",
    ),
    "marks of two are exchanged": (
        (
            "UPDATE querylog.entry SET tags = substr(tags, 17, 16) || substr(tags, 1, 16)"
            " || substr(tags, 33) WHERE id = %s AND id = %s AND id = %s"
        ),
        "tags-not-leaf",
    ),
}


@pytest.fixture
def listed(copy: Copy) -> int:
    """The index of an entry that shows many customers, with others around it."""
    writer = history.Writer(copy.customers())
    writer.look(3)
    draft = replace(writer._look(1), subjects=copy.customers()[:MANY], act="list")
    (index,) = writer._append([draft])
    writer.look(3)
    copy.seal()
    return index


@pytest.fixture(params=[1, 2], ids=["one process", "two"])
def jobs(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(run, "STRIDE", run.TILE)
    return int(request.param)


def test_lists_that_are_whole_are_said_to_be(copy: Copy, listed: int, jobs: int) -> None:
    assert faults(copy, jobs=jobs) == []


@pytest.mark.parametrize("change", CHANGES)
def test_one_wrong_row_among_many_is_found(copy: Copy, listed: int, jobs: int, change: str) -> None:
    statement, code = CHANGES[change]
    forge.take_off_the_guards(copy.cursor)
    copy.change(statement, [listed] * 3, rows=1)
    found = report(copy, jobs=jobs)
    assert str(found.first) == f"#{listed}: {code}"


def test_keys_that_had_to_make_room_are_opened_again(
    copy: Copy, listed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lists, "MOST_KEYS", 1)
    monkeypatch.setattr(stream, "PAGE", run.TILE)
    assert faults(copy) == []
    forge.take_off_the_guards(copy.cursor)
    copy.change(CHANGES["another customer"][0], [listed] * 3, rows=1)
    assert faults(copy) == [f"#{listed}: look-altered"]


def test_a_statement_that_breaks_off_is_no_whole_log(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Pages that do not come are never taken for pages that fit."""
    monkeypatch.setattr(stream, "_PAGES", stream._PAGES + " LIMIT 0")
    assert [each.partition(": ")[2] for each in faults(copy)] == ["unverifiable"]
