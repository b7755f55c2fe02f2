"""A log in which nothing happens still says every ten minutes that nothing did."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from access.sequencer import process
from custodian import clock
from custodian.tlog.verify import Checkpoint
from tests.sequencer.trees import Place, append, seen, tree, value

START = datetime(2027, 1, 1, tzinfo=UTC)


class Time:
    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = START
        monkeypatch.setattr(clock, "real", lambda: self.now)


@pytest.fixture
def time(monkeypatch: pytest.MonkeyPatch) -> Time:
    return Time(monkeypatch)


def told(place: Place) -> tuple[int, int, bytes]:
    """Size, time in seconds and root of the head that is outside."""
    head = Checkpoint.parse(place.head.read_bytes())
    return head.size, place.trust().log_time(head) - int(START.timestamp()), head.root


def test_a_quiet_head_is_signed_anew_every_ten_minutes_and_nothing_else_changes(
    place: Place, time: Time
) -> None:
    append(2)
    with place.leading() as sequencer:
        sequencer.cycle()
        size, at, root = told(place)
        assert (size, at) == (3, 0)
        for minute in range(1, 31):
            time.now = START + timedelta(minutes=minute)
            assert sequencer.cycle() == 0
            assert told(place) == (3, minute // 10 * 600, root)
    found = place.whole()
    assert len(found.checkpoints) == 1
    assert (found.size, found.announced) == (3, 3)
    assert tree("announced_at") == START + timedelta(minutes=30)
    assert value("SELECT announced_at FROM querylog.checkpoint") == START + timedelta(minutes=30)


def test_a_busy_log_is_not_signed_more_often_than_it_grows(place: Place, time: Time) -> None:
    with place.leading() as sequencer:
        for minute in range(0, 40, 4):
            time.now = START + timedelta(minutes=minute)
            append()
            assert sequencer.cycle() >= 1
            assert sequencer.cycle() == 0
            assert told(place)[1] == minute * 60
    assert len(seen().checkpoints) == 10


def test_after_a_restart_a_quiet_head_is_signed_at_once(place: Place, time: Time) -> None:
    append()
    place.seal()
    size, _, root = told(place)
    time.now = START + timedelta(minutes=2)
    with place.leading() as sequencer:
        sequencer.cycle()
        sequencer.cycle()
    assert told(place) == (size, 120, root)
    place.whole()


def test_an_empty_log_has_nothing_to_sign(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(process.Sequencer, "_introduce", lambda *_: None)
    with place.leading() as sequencer:
        assert sequencer.cycle() == 0
    assert not place.head.exists()
    assert seen().checkpoints == []
