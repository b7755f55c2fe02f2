"""Old checkpoints go, but for those that somebody may hold against us: cosigned ones, one an hour, the newest."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from access.sequencer.archivist import Archivist
from custodian import clock, databases
from custodian.tlog.archive import Archive
from tests.security.looking import logged_in
from tests.sequencer.trees import Place, append, superuser, value

NOW = datetime(2020, 6, 15, 12, tzinfo=UTC)
LIMIT = NOW - timedelta(days=7)


def kept() -> list[int]:
    with logged_in("auditor") as cursor:
        cursor.execute("SELECT size FROM querylog.checkpoint ORDER BY size")
        return [row[0] for row in cursor.fetchall()]


def checkpoints(*times: datetime, announced: int | None = None) -> None:
    """One for each time, of sizes 1, 2, 3 and so on."""
    with superuser() as cursor:
        cursor.execute("DELETE FROM querylog.checkpoint")
        for size, at in enumerate(times, 1):
            cursor.execute(
                "INSERT INTO querylog.checkpoint (size, root, note, made_at)"
                " VALUES (%s, decode(repeat('00', 32), 'hex'), 'x', %s)",
                [size, at],
            )
        cursor.execute(
            "UPDATE querylog.tree SET size = %s, announced = %s",
            [len(times), announced or len(times)],
        )


def thin() -> int:
    return int(value("SELECT querylog.thin(%s)", LIMIT, role="sequencer"))


def old(hour: int, minute: int) -> datetime:
    return datetime(2020, 6, 1, hour, minute, tzinfo=UTC)


def test_the_last_one_of_each_hour_stays(place: Place) -> None:
    checkpoints(old(1, 0), old(1, 20), old(1, 59), old(2, 0), old(2, 59), old(3, 0), NOW)
    assert thin() == 3
    assert kept() == [3, 5, 6, 7]
    assert thin() == 0


def test_those_of_the_last_days_all_stay(place: Place) -> None:
    recent = [LIMIT + timedelta(seconds=each) for each in range(5)]
    checkpoints(old(1, 0), old(1, 1), *recent)
    assert thin() == 1
    assert kept() == [2, 3, 4, 5, 6, 7]


def test_a_cosigned_one_stays(place: Place) -> None:
    checkpoints(*(old(1, minute) for minute in range(9)), NOW)
    with superuser() as cursor:
        cursor.execute(
            "INSERT INTO querylog.cosignature (size, witness, line, at)"
            " SELECT size, 'w', 'x', now() FROM querylog.checkpoint WHERE size IN (2, 5)"
        )
    assert thin() == 6
    assert kept() == [2, 5, 9, 10]
    assert value("SELECT count(*) FROM querylog.cosignature") == 2


def test_the_announced_one_and_whatever_is_larger_stay(place: Place) -> None:
    checkpoints(*(old(1, minute) for minute in range(6)), announced=4)
    thin()
    assert kept() == [4, 5, 6]


def test_those_with_one_time_are_one_hours(place: Place) -> None:
    checkpoints(*[old(1, 0)] * 4, old(2, 0), NOW)
    assert thin() == 3
    assert kept() == [4, 5, 6]


def test_nothing_is_left_out_when_nothing_is_old(place: Place) -> None:
    checkpoints()
    assert thin() == 0
    append()
    place.seal()
    assert thin() == 0
    place.whole()


def test_a_year_of_them_is_thinned_in_a_moment(place: Place) -> None:
    """A second of it each hour, behind the sequencer's back, would be too much already."""
    with superuser() as cursor:
        cursor.execute(
            "INSERT INTO querylog.checkpoint (size, root, note, made_at)"
            " SELECT g, decode(repeat('00', 32), 'hex'), 'x',"
            "        %s::timestamptz - interval '1 year' + (g / 60) * interval '1 hour' + (g %% 60) * interval '1 minute'"
            " FROM generate_series(1, 30000) g",
            [LIMIT],
        )
        cursor.execute(
            "UPDATE querylog.tree SET size = 30000, announced = 30000; ANALYZE querylog.checkpoint"
        )
    begun = clock.real()
    assert thin() > 29_000
    assert clock.real() - begun < timedelta(seconds=3)


def test_it_is_done_once_an_hour_beside_the_archive(
    place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    append(3)
    place.seal()
    note = place.head.read_bytes()
    connection = databases.connect("sequencer", application_name="tests archivist")
    keeper = Archivist(connection, Archive(place.store))
    moment = clock.real()
    for hours, left in [(0, 2), (0.9, 2), (8 * 24, 1)]:
        if hours == 0:
            age_checkpoints()
        monkeypatch.setattr(clock, "real", lambda at=hours: moment + timedelta(hours=at))
        keeper.once()
        assert len(kept()) == left
    connection.close()
    assert (place.store / "checkpoints" / f"{place.known()}").read_bytes() == note


def age_checkpoints() -> None:
    """A second, smaller one in the same hour."""
    with superuser() as cursor:
        cursor.execute(
            "DELETE FROM querylog.checkpoint WHERE size < (SELECT announced FROM querylog.tree)"
        )
        cursor.execute(
            "INSERT INTO querylog.checkpoint (size, root, note, made_at)"
            " SELECT 1, root, note, date_trunc('hour', made_at) FROM querylog.checkpoint"
        )
