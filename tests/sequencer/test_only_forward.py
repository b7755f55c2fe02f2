"""The tree goes one way: no role, no trigger switched off by role, and no clock makes it smaller or older."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from psycopg2 import errors, extensions

from custodian import clock
from tests.security.looking import logged_in
from tests.sequencer.trees import Place, append, burn, change, seen, tree, value

ROOT = "decode(repeat('ab', 32), 'hex')"
CHECKPOINT = "INSERT INTO querylog.checkpoint (size, root, note, made_at) VALUES"
OLDEST = "(SELECT min(size) FROM querylog.checkpoint)"
NEWEST = "(SELECT max(size) FROM querylog.checkpoint)"

REFUSED = {
    "a checkpoint": {
        "a smaller one": f"{CHECKPOINT} (1, {ROOT}, 'x', now())",
        "one in between": f"{CHECKPOINT} ({NEWEST} - 1, {ROOT}, 'x', now())",
        "another one of the same size": f"{CHECKPOINT} ({NEWEST}, {ROOT}, 'x', now())",
        "a larger one from before": f"{CHECKPOINT} (999, {ROOT}, 'x', now() - interval '1 day')",
        "another size": f"UPDATE querylog.checkpoint SET size = 998 WHERE size = {NEWEST}",
        "another root": f"UPDATE querylog.checkpoint SET root = {ROOT} WHERE size = {NEWEST}",
        "an earlier time": "UPDATE querylog.checkpoint SET made_at = made_at - interval '1 second'"
        f" WHERE size = {NEWEST}",
        "a later time of an old one": "UPDATE querylog.checkpoint SET made_at = now() + interval '1 day'"
        f" WHERE size = {OLDEST}",
        "another note of an old one": f"UPDATE querylog.checkpoint SET note = 'x' WHERE size = {OLDEST}",
    },
    "a tile": {
        "narrower": "UPDATE querylog.tile SET width = 2, data = substring(data FOR 64)",
        "as wide": "UPDATE querylog.tile SET data = set_byte(data, 0, 255 - get_byte(data, 0))",
        "wider, but other": "UPDATE querylog.tile SET width = width + 1,"
        " data = set_byte(data, 0, 255 - get_byte(data, 0)) || decode(repeat('ab', 32), 'hex')",
        "moved": "UPDATE querylog.tile SET index = 7, width = width + 1,"
        " data = data || decode(repeat('ab', 32), 'hex')",
        "moved up": "UPDATE querylog.tile SET level = 7, width = width + 1,"
        " data = data || decode(repeat('ab', 32), 'hex')",
        "gone": "DELETE FROM querylog.tile",
    },
    "the tree": {
        "smaller": "UPDATE querylog.tree SET size = size - 1, announced = announced - 1",
        "announced less": "UPDATE querylog.tree SET announced = announced - 1",
        "announced earlier": "UPDATE querylog.tree SET announced_at = announced_at - interval '1 second'",
        "never announced": "UPDATE querylog.tree SET announced_at = NULL",
        "gone": "DELETE FROM querylog.tree",
    },
    "a roll": {
        "changed": "UPDATE querylog.roll SET people = 9",
        "gone": "DELETE FROM querylog.roll",
        "a record changed": "UPDATE querylog.roll_record SET count = count - 1",
        "a record gone": "DELETE FROM querylog.roll_record",
    },
}
EMPTIED = ["tree", "tile", "checkpoint", "roll", "roll_record"]
BY = (errors.RaiseException, errors.InsufficientPrivilege, errors.UniqueViolation)


@pytest.fixture
def grown(place: Place) -> Place:
    with place.leading() as sequencer:
        append(3)
        sequencer.cycle()
        change("asks", roll=1)
        sequencer.cycle()
    return place


@pytest.mark.parametrize("role", ["sequencer", "owner", "superuser"])
def test_what_would_go_back_is_refused(grown: Place, role: str) -> None:
    before = everything()
    with logged_in(role) as cursor:
        if role == "superuser":
            cursor.execute("SET session_replication_role = replica")
        passed = {
            f"{what}: {way}"
            for what, ways in REFUSED.items()
            for way, statement in ways.items()
            if not refused(cursor, statement, by_trigger=role != "sequencer")
        }
        for table in EMPTIED:
            assert refused(
                cursor, f"TRUNCATE querylog.{table} CASCADE", by_trigger=role != "sequencer"
            )
    assert passed == set()
    assert everything() == before
    with grown.leading() as sequencer:
        append()
        sequencer.cycle()
    grown.whole()


def refused(cursor: extensions.cursor, statement: str, *, by_trigger: bool) -> bool:
    expected = errors.RaiseException if by_trigger else BY
    try:
        cursor.execute(statement)
    except expected:
        return True
    return cursor.rowcount == 0 and pytest.fail(f"nothing to refuse: {statement}")


def everything() -> list[str]:
    return [
        value(f"SELECT array_agg(t ORDER BY t)::text FROM querylog.{table} t") for table in EMPTIED
    ]


ALLOWED = {
    "a checkpoint is marked as announced": "UPDATE querylog.checkpoint SET announced_at = now()",
    "the newest is signed anew": "UPDATE querylog.checkpoint SET note = note || 'x', made_at = now()"
    f" WHERE size = {NEWEST}",
    "a tile grows": "UPDATE querylog.tile SET width = width + 1,"
    " data = data || decode(repeat('ab', 32), 'hex') WHERE level = 0",
    "the tree grows": "UPDATE querylog.tree SET size = size + 1",
    "a key is named": "UPDATE querylog.tree SET keys = 'x'",
}


@pytest.mark.parametrize("what", ALLOWED)
def test_the_sequencers_own_work_is_not_refused(grown: Place, what: str) -> None:
    """So that the refusals above are not those of a table that takes nothing."""
    with logged_in("sequencer") as cursor:
        cursor.execute("BEGIN")
        cursor.execute(ALLOWED[what])
        assert cursor.rowcount >= 1
        cursor.execute("ROLLBACK")


LEAF = '{"ts":"2026-01-01T00:00:00Z","act":"%s"}'
FILLED = {
    "an id of the tree": ("(SELECT size - 1 FROM querylog.tree)", LEAF % "void"),
    "an id above the newest entry": ("(SELECT max(id) + 1 FROM querylog.entry)", LEAF % "void"),
    "another act": ("%s", LEAF % "reveal"),
    "no act": ("%s", '{"ts":"2026-01-01T00:00:00Z"}'),
}
FILL = "SELECT querylog.fill(ARRAY[{}]::bigint[], ARRAY[%s])"


def test_only_dead_ids_are_filled_and_only_with_void_entries(grown: Place) -> None:
    (dead,) = burn()
    append()
    before = seen()
    with logged_in("sequencer") as cursor:
        for index, leaf in FILLED.values():
            with pytest.raises(errors.RaiseException, match="only a dead id"):
                cursor.execute(FILL.format(index.replace("%s", str(dead))), [leaf])
        with pytest.raises(errors.UniqueViolation):
            cursor.execute(FILL.format(str(dead + 1)), [LEAF % "void"])
        assert seen() == before
        cursor.execute(FILL.format(str(dead)), [LEAF % "void"])
    assert seen().acts("void") == [dead]


def test_a_clock_that_was_set_back_takes_no_checkpoint_back(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    ahead = datetime.now(UTC) + timedelta(hours=1)
    monkeypatch.setattr(clock, "real", lambda: ahead)
    place.sequencer().abandon()
    with place.leading() as sequencer:
        append()
        sequencer.cycle()
        for offset in (timedelta(hours=-3), timedelta(days=-400), timedelta(0)):
            moment = ahead + offset
            monkeypatch.setattr(clock, "real", lambda moment=moment: moment)
            append()
            sequencer.cycle()
    monkeypatch.setattr(clock, "real", lambda: ahead - timedelta(days=1))
    with place.leading() as sequencer:  # and not after a restart either
        append()
        sequencer.cycle()
    found = place.whole()
    assert {place.trust().log_time(each) for each in found.checkpoints} == {int(ahead.timestamp())}
    assert value("SELECT count(DISTINCT made_at) FROM querylog.checkpoint") == 1
    assert tree("announced_at") == ahead


def test_times_go_on_once_the_clock_has_caught_up(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = datetime(2027, 1, 1, tzinfo=UTC)
    told = []
    with place.leading() as sequencer:
        for seconds in (100, 50, 99, 101, 160):
            monkeypatch.setattr(clock, "real", lambda at=seconds: start + timedelta(seconds=at))
            append()
            sequencer.cycle()
            told.append(place.trust().log_time(seen().checkpoints[-1]) - int(start.timestamp()))
    assert told == [100, 100, 100, 101, 160]
    place.whole()
