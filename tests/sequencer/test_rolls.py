"""Rolls of operators: how many entries each has, in one hash that is itself an entry; and the hours' counts."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter, defaultdict
from datetime import timedelta

import pytest

from access.actors import system
from access.sequencer import rolls
from custodian import clock
from tests.security.looking import logged_in
from tests.sequencer.trees import Place, append, burn, change, root_of, seen, value

SEQUENCER = str(system("sequencer").ref)
MANY = ["tests", "demo", "verifier", "importer"]


def expected(upto: int) -> dict[str, tuple[int, bytes]]:
    """Count and chain of each operator over the first entries, as the page of the format says."""
    counts: Counter[str] = Counter()
    chains: dict[str, bytes] = defaultdict(lambda: bytes(32))
    found = seen()
    for leaf, body in list(zip(found.leaves, found.bodies, strict=True))[:upto]:
        actor, digest = body["actor"], hashlib.sha256(b"\x00" + leaf).digest()
        counts[actor] += 1
        chains[actor] = hashlib.sha256(b"\x02" + chains[actor] + digest).digest()
    return {actor: (counts[actor], chains[actor]) for actor in counts}


def told() -> list[tuple[int, int, int, bytes]]:
    with logged_in("auditor") as cursor:
        cursor.execute("SELECT upto, leaf, people, root FROM querylog.roll ORDER BY upto")
        return [(upto, leaf, people, bytes(root)) for upto, leaf, people, root in cursor.fetchall()]


def records(upto: int) -> dict[str, tuple[int, bytes]]:
    with logged_in("auditor") as cursor:
        return {
            actor: (each.count, each.chain)
            for actor, each in rolls.records_at(cursor, upto).items()
        }


def root(upto: int) -> bytes:
    """Of the tree over the records in the order of the operators' references."""
    return root_of(
        [
            f"{actor}\0{count}\0".encode() + chain
            for actor, (count, chain) in sorted(expected(upto).items())
        ]
    )


def right(place: Place, *, count: int) -> None:
    """Every roll says what a plain count over the entries before it says."""
    found, taken = place.whole(), told()
    assert len(taken) == count
    assert [leaf for _, leaf, _, _ in taken] == found.acts("roll")
    for upto, leaf, people, digest in taken:
        assert records(upto) == expected(upto)
        assert (people, digest) == (len(expected(upto)), root(upto))
        body = found.bodies[leaf]
        assert (body["root"], body["upto"], body["people"]) == (digest.hex(), upto, people)
        assert upto <= leaf


def test_a_roll_is_taken_when_a_change_asks_for_it(place: Place) -> None:
    with place.leading() as sequencer:
        append(5)
        sequencer.cycle()
        assert told() == []
        change("asks", roll=1)
        sequencer.cycle()
        assert len(told()) == 1
        append(2)
        sequencer.cycle()
        assert len(told()) == 1  # it was asked for once
        change("asks again", roll=1)
        sequencer.cycle()
    right(place, count=2)


def test_a_word_about_rolls_asks_for_none(place: Place) -> None:
    with place.leading() as sequencer:
        change("roll", about='"roll":1')
        sequencer.cycle()
    assert told() == []


def test_a_roll_that_was_asked_for_is_taken_by_the_next_sequencer_if_need_be(place: Place) -> None:
    change("asks", roll=1)
    with place.leading() as sequencer:
        sequencer.drain.once()
        sequencer._integrate()
    with place.leading() as sequencer:
        sequencer.cycle()
    right(place, count=1)


def test_a_roll_is_taken_every_hour_in_which_anybody_did_anything(place: Place) -> None:
    start = clock.now()
    with clock.at(start), place.leading() as sequencer:
        for hour in range(5):
            with clock.at(start + timedelta(hours=hour)):
                if hour != 3:
                    append(hour + 1, by=MANY[hour % 4])
                sequencer.cycle()
                sequencer.cycle()
    assert [(upto, people) for upto, _, people, _ in told()] == [(4, 3), (8, 4), (14, 4)]
    right(place, count=3)


def test_the_hour_goes_on_where_another_sequencer_left_off(place: Place) -> None:
    change("asks", roll=1)
    place.seal()
    start = clock.now()
    for minutes, rolls_taken in [(25, 1), (50, 1), (75, 2)]:
        with clock.at(start + timedelta(minutes=minutes)):
            append()
            place.seal()
        assert len(told()) == rolls_taken
    right(place, count=2)


def test_rolls_are_right_across_restarts_dead_ids_and_pages(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rolls, "PAGE", 4)
    dice = itertools.cycle([3, 1, 6, 2])
    for turn in range(8):
        append(next(dice), by=MANY[turn % 4])
        burn(turn % 3)
        if turn % 2:
            change(f"{turn}", **({"roll": 1} if turn % 4 == 1 else {}))
        place.seal()
    right(place, count=2)
    with place.leading() as sequencer:
        state = sequencer.integrator.rolls
        assert (state.upto, state.last) == (sequencer.integrator.size, told()[-1][0])
        assert {a: (r.count, r.chain) for a, r in state.records.items()} == expected(state.upto)


def test_a_roll_keeps_only_the_records_that_changed(place: Place) -> None:
    with place.leading() as sequencer:
        for by in ("tests", "demo", "demo"):
            append(2, by=by)
            change(by, roll=1)
            sequencer.cycle()
    right(place, count=3)
    demo, tests = str(system("demo").ref), str(system("tests").ref)
    assert value("SELECT count(*) FROM querylog.roll_record WHERE actor = %s", demo) == 2
    assert value("SELECT count(*) FROM querylog.roll_record WHERE actor = %s", tests) == 3


def test_the_sequencers_own_entries_are_no_reason_for_a_roll(place: Place) -> None:
    start = clock.now()
    for hour in range(4):
        with clock.at(start + timedelta(hours=hour)):
            place.seal()
    with place.leading() as sequencer:
        assert sequencer.integrator.rolls.changed == {SEQUENCER}
    assert told() == []


# The hours


def test_the_hours_are_those_of_a_plain_count(place: Place) -> None:
    start = clock.now().replace(minute=50)
    for step in range(8):
        with clock.at(start + timedelta(minutes=7 * step)):
            append(step % 3 + 1, by=MANY[step % 3])
        burn(step % 2)
        place.seal()
    columns = "actor, unit, act, purpose, outcome, channel"
    with logged_in("auditor") as cursor:
        cursor.execute(
            f"SELECT hour, {columns}, count, shown FROM querylog.hourly ORDER BY 1, 2, 4"
        )
        kept = cursor.fetchall()
        cursor.execute(
            f"SELECT date_trunc('hour', ts AT TIME ZONE 'UTC') AT TIME ZONE 'UTC', {columns}, count(*),"
            " count(*) FILTER (WHERE subjects > 0) FROM querylog.entry"
            f" GROUP BY 1, {columns} ORDER BY 1, 2, 4"
        )
        assert kept == cursor.fetchall()
    assert len({row[0] for row in kept}) == 2
    assert sum(row[-2] for row in kept) == place.whole().size


def test_entries_that_are_not_in_the_tree_are_not_counted_yet(place: Place) -> None:
    append(2)
    place.seal()
    size = place.whole().size
    append(5)
    assert value("SELECT sum(count) FROM querylog.hourly") == size
