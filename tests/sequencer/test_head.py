"""The head file: first on the disk, then told; and what does not continue it is never signed."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from access.sequencer import process
from access.sequencer.announce import RefusesToSign
from custodian.tlog.head import Head, HeadMoved
from custodian.tlog.notes import Signer, sign_checkpoint
from tests.sequencer.trees import (
    ORIGIN,
    Place,
    append,
    empty,
    rewind,
    seen,
    superuser,
    tree,
    until,
    value,
)

# The start-up rule


def grown(place: Place) -> None:
    """A log of a few hundred entries, with several checkpoints, all announced."""
    with place.leading() as sequencer:
        for count in (3, 270, 20):
            append(count)
            sequencer.cycle()


def restored(place: Place) -> None:
    rewind(274)


def restored_and_grown_again(place: Place) -> None:
    rewind(274)
    grow_beside(place, 40)


def grow_beside(place: Place, count: int) -> None:
    """Where nobody remembers the head: what the rule is there to prevent."""
    aside = place.head.rename(place.head.with_name("aside"))
    with superuser() as cursor:
        cursor.execute("UPDATE querylog.tree SET announced = 0")
    append(count)
    place.seal()
    aside.rename(place.head)


def another_log(place: Place) -> None:
    empty()
    grow_beside(place, 400)


def a_tile(statement: str) -> Callable[[Place], None]:
    def breaks(place: Place) -> None:
        with superuser() as cursor:
            cursor.execute(statement)
            assert cursor.rowcount == 1

    return breaks


def an_entry(place: Place) -> None:
    with superuser() as cursor:
        cursor.execute("DELETE FROM querylog.entry WHERE id = (SELECT size - 1 FROM querylog.tree)")


def an_inner_entry(place: Place) -> None:
    with superuser() as cursor:
        cursor.execute("DELETE FROM querylog.entry WHERE id = 280")


EDGE = "(SELECT max(index) FROM querylog.tile WHERE level = 0)"
BROKEN = {
    "a restored backup": (restored, "database-behind"),
    "a restored backup that grew again": (restored_and_grown_again, "database-forked"),
    "another log": (another_log, "database-forked"),
    "an empty database": (lambda place: empty(), "database-behind"),
    "no head": (lambda place: place.head.unlink(), "head-missing"),
    "half a head": (lambda place: cut(place.head), "head-damaged"),
    "an empty head": (lambda place: place.head.write_bytes(b""), "head-damaged"),
    "a missing tile at the edge": (
        a_tile(f"DELETE FROM querylog.tile WHERE level = 0 AND index = {EDGE}"),
        "tiles-missing",
    ),
    "a missing tile above": (a_tile("DELETE FROM querylog.tile WHERE level = 1"), "tiles-missing"),
    "a tile cut short": (
        a_tile(
            "UPDATE querylog.tile SET width = 2, data = substring(data FOR 64)"
            f" WHERE level = 0 AND index = {EDGE}"
        ),
        "tiles-missing",
    ),
    "another hash in a tile": (
        a_tile(
            "UPDATE querylog.tile SET data = set_byte(data, 40, 255 - get_byte(data, 40))"
            f" WHERE level = 0 AND index = {EDGE}"
        ),
        "database-forked",
    ),
    "the newest entry gone": (an_entry, "entries-missing"),
    "an older entry gone": (an_inner_entry, "entries-missing"),
}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-30])


@pytest.mark.parametrize("what", BROKEN)
def test_a_database_that_does_not_continue_the_head_is_not_signed(place: Place, what: str) -> None:
    breaks, code = BROKEN[what]
    grown(place)
    breaks(place)
    before = (seen(), head_of(place))
    with pytest.raises(RefusesToSign, match=f"^{code}$"):
        place.sequencer()
    with pytest.raises(RefusesToSign, match=f"^{code}$"):
        process.run(place.sequencer, threading.Event())
    assert (seen(), head_of(place)) == before


def head_of(place: Place) -> bytes | None:
    return place.head.read_bytes() if place.head.exists() else None


def test_the_same_log_unbroken_is_signed(place: Place) -> None:
    grown(place)
    place.seal()
    place.whole()


def test_a_tile_that_is_missing_beyond_the_head_is_noticed_as_well(place: Place) -> None:
    """Killed before the head: what was added since is not in the head's tree."""
    append(3)
    assert place.child("sequencer-after-commit@2:sigkill", before=lambda: late(250)).wait() < 0
    assert place.known() > 3
    assert tree() == place.known() + 250
    with superuser() as cursor:
        cursor.execute("UPDATE querylog.tile SET width = 100, data = substring(data FOR 3200)")
    with pytest.raises(RefusesToSign, match="tiles-missing"):
        place.sequencer()


def late(count: int) -> None:
    """More entries after the first turn of a child."""
    first = process.Sequencer.cycle

    def cycle(sequencer: process.Sequencer) -> int:
        taken = first(sequencer)
        process.Sequencer.cycle = first
        append(count)
        return taken

    process.Sequencer.cycle = cycle


def test_the_command_says_why_and_ends_with_three(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    grown(place)
    rewind(100)
    assert place.child().wait() == 3
    said = capfd.readouterr().err
    assert "database-behind" in said
    assert "docs/runbooks/log.md" in said


@pytest.mark.parametrize("failpoint", ["sequencer-after-commit", "sequencer-after-head"])
def test_a_kill_on_the_way_to_the_head_is_no_reason_to_refuse(place: Place, failpoint: str) -> None:
    append(3)
    assert place.child(f"{failpoint}:sigkill").wait() == -signal.SIGKILL
    assert tree("announced") == 0
    assert tree() > 3
    place.sequencer().abandon()
    assert tree("announced") == place.known()
    with place.leading() as sequencer:
        sequencer.cycle()
    place.whole()


# While it runs


def test_an_entry_is_announced_only_after_the_head_is_written(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int]] = []
    advance, tell = Head.advance, process.Announcer._tell
    monkeypatch.setattr(
        Head,
        "advance",
        lambda *args, **more: told.append(("head", tree("announced"))) or advance(*args, **more),
    )
    monkeypatch.setattr(
        process.Announcer,
        "_tell",
        lambda self, size: told.append(("told", place.known())) or tell(self, size),
    )
    with place.leading() as sequencer:
        append(2)
        sequencer.cycle()
        append(4)
        sequencer.cycle()
    assert told == [("head", 0), ("told", 3), ("head", 3), ("told", 7)]


def test_a_head_that_somebody_else_moved_ends_the_sequencer(place: Place) -> None:
    with place.leading() as sequencer:
        append(2)
        sequencer.cycle()
        old = place.head.read_bytes()
        append()
        sequencer.cycle()
        for note in (old, None, signed(place, 9)):
            new = place.head.read_bytes()
            place.head.write_bytes(note) if note else place.head.unlink()
            append()
            with pytest.raises(HeadMoved):
                sequencer.cycle()
            announced = tree("announced")
            assert announced < tree()
            place.head.write_bytes(new)


def signed(place: Place, size: int, root: bytes = bytes(32)) -> bytes:
    return sign_checkpoint(ORIGIN, size, root, signers=place.signers(), at=2_000_000_000)


def test_a_moved_head_ends_the_loop_and_the_command(place: Place) -> None:
    append()
    child = place.child()
    until(lambda: tree("announced") == tree() > 1)
    place.head.write_bytes(signed(place, place.known()))
    append()
    assert child.wait() == 3
    with pytest.raises(RefusesToSign, match="database-forked"):
        place.sequencer()


@pytest.fixture
def head(tmp_path: Path) -> Head:
    return Head(tmp_path / "far" / "away" / "head")


def test_a_head_is_whole_and_follows_the_one_that_is_known(head: Head) -> None:
    signer = Signer.generate(ORIGIN, kind=1)

    def note(size: int, root: int, at: int = 1) -> bytes:
        return sign_checkpoint(ORIGIN, size, bytes([root]) * 32, signers=[signer], at=at)

    assert head.read() is None
    first = note(5, 5)
    head.advance(first, known=None)
    head.advance(note(7, 7), known=first)
    assert head.read() == note(7, 7)
    for known in (None, first, note(7, 8), note(9, 9)):
        with pytest.raises(HeadMoved):
            head.advance(note(9, 9), known=known)
    for worse in (note(6, 6), note(7, 8), note(0, 0)):
        with pytest.raises(HeadMoved):
            head.advance(worse, known=note(7, 7))
    assert head.read() == note(7, 7)
    head.advance(note(7, 7, at=2), known=note(7, 7))
    assert head.read() == note(7, 7, at=2)
    assert sorted(path.name for path in head.path.parent.iterdir()) == ["head", "head.lock"]


def test_of_many_that_move_the_head_at_once_one_does(head: Head) -> None:
    signer = Signer.generate(ORIGIN, kind=1)
    won: list[int] = []
    start = threading.Barrier(8)

    def work(size: int) -> None:
        start.wait()
        try:
            head.advance(
                sign_checkpoint(ORIGIN, size, bytes(32), signers=[signer], at=1), known=None
            )
            won.append(size)
        except HeadMoved:
            pass

    threads = [threading.Thread(target=work, args=[size]) for size in range(1, 9)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    (size,) = won
    assert f"\n{size}\n".encode() in (head.read() or b"")


def test_the_announced_checkpoint_says_when_it_was(place: Place) -> None:
    grown(place)
    assert value("SELECT count(*) FROM querylog.checkpoint WHERE announced_at < made_at") == 0
    assert value(
        "SELECT announced_at IS NOT NULL FROM querylog.checkpoint ORDER BY size DESC LIMIT 1"
    )
