"""A run goes on where the one before ended: it sees what is new, and only a full one looks behind."""

from __future__ import annotations

import pytest

from access.models import Verification
from access.verification.run import TILE
from custodian.drills import forge, history
from custodian.drills.copy import Copy
from tests.verification.playing import FULL, INCREMENTAL, attack, looks, said, verified

pytestmark = pytest.mark.xdist_group("verification")
WHOLE = (True, None, "")


def test_each_run_goes_on_from_the_last_full_tile(copy: Copy) -> None:
    first = verified(INCREMENTAL)
    assert (said(first), first.since, first.until) == (WHOLE, 0, copy.original.size)
    assert first.resume == copy.original.size // TILE * TILE
    assert first.sessions
    looks(copy, TILE)
    second = verified(INCREMENTAL)
    assert said(second) == WHOLE
    assert second.since == first.resume
    assert second.until > first.until
    assert second.resume == first.resume + TILE


@pytest.mark.parametrize("count", [3, TILE])
def test_a_session_goes_on_over_the_borders_of_runs(copy: Copy, count: int) -> None:
    writer = history.Writer(copy.customers())
    for _ in range(3):
        writer.look(count)
        copy.seal()
        assert said(verified(INCREMENTAL)) == WHOLE
    writer.close()
    copy.seal()
    assert said(verified(INCREMENTAL)) == WHOLE
    assert said(verified(FULL)) == WHOLE


def test_a_closed_session_is_forgotten(copy: Copy) -> None:
    writer = history.Writer(copy.customers())
    writer.look(TILE)
    copy.seal()
    assert writer.session.name in verified(INCREMENTAL).sessions
    writer.close()
    looks(copy, TILE)
    assert writer.session.name not in verified(INCREMENTAL).sessions


@pytest.mark.parametrize("name", ["rewrite-waiting", "delete-waiting"])
def test_what_is_new_and_wrong_is_found(copy: Copy, name: str) -> None:
    verified(FULL)
    index = attack(name, copy)
    # After a fault the next run begins where the last whole one ended.
    for row in (verified(INCREMENTAL), verified(INCREMENTAL)):
        assert (row.ok, row.first_bad) == (False, index)
        assert row.since == copy.original.size // TILE * TILE


def test_what_is_changed_behind_it_is_seen_by_a_full_run_only(copy: Copy) -> None:
    verified(FULL)
    index = attack("bytes", copy)
    assert said(verified(INCREMENTAL)) == WHOLE
    assert said(verified(FULL)) == (False, index, "leaf-not-tile")


def test_a_log_that_ends_before_it_is_not_whole(copy: Copy) -> None:
    """Though whoever put it back left nothing in it that is wrong by itself."""
    verified(FULL)
    forge.take_off_the_guards(copy.cursor)
    size = attack("cut", copy)
    copy.cursor.execute("UPDATE access_verification SET resume = 512, until = 600")
    assert said(verified(INCREMENTAL)) == (False, size, "entry-missing")


def test_a_row_that_somebody_spoilt_sends_it_back_to_the_beginning(copy: Copy) -> None:
    verified(FULL)
    Verification.objects.update(sessions={"a": "b"})
    row = verified(INCREMENTAL)
    assert (said(row), row.since) == (WHOLE, 0)
