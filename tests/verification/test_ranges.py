"""Ranges that are walked apart, in one process or in several, say the same as one walk."""

from __future__ import annotations

import pytest

from access.querylog.tail import tail_key
from access.verification import run, stream, walk
from custodian import databases
from custodian.drills import history
from custodian.drills.copy import Copy
from tests.verification.playing import attack, looks, report

pytestmark = pytest.mark.xdist_group("verification")


def test_several_processes_find_what_one_finds(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "STRIDE", run.TILE)
    assert report(copy, jobs=2).whole
    attack("swap", copy)
    several, one = report(copy, jobs=2), report(copy)
    assert several.first is not None
    assert sorted(several.faults, key=str) == sorted(one.faults, key=str)
    assert (several.first, several.entries, several.resume) == (
        one.first,
        one.entries,
        one.resume,
    )


def test_a_time_before_the_ranges_before_is_found(
    copy: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The back-dated entry is the first of its range, so that only the join sees it."""
    rest = walk.TILE - copy.original.size % walk.TILE
    history.Writer(copy.customers()).look(rest - 1)
    copy.seal()
    monkeypatch.setattr(run, "STRIDE", run.TILE)
    index = attack("back-dated", copy)
    looks(copy)
    assert index % walk.TILE == 0
    assert report(copy).first == run.Fault("time-regression", index)


def test_a_small_page_is_walked_as_a_large_one(
    untouched: Copy, monkeypatch: pytest.MonkeyPatch
) -> None:
    size = untouched.original.size
    place = walk.Place(databases.url("auditor"), tail_key())
    large = walk.walk(place, 0, size, size)
    monkeypatch.setattr(stream, "PAGE", walk.TILE)
    assert walk.walk(place, 0, size, size) == large
