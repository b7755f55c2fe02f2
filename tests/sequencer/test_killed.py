"""Killed at any point, the sequencer goes on from the rows: nothing is lost, doubled or passed over."""

from __future__ import annotations

import os
import re
import signal
import threading
import time
from random import Random

import pytest

from access.querylog.connection import Connection
from custodian.tlog.archive import Archive
from custodian.tlog.verify import TILE
from tests.sequencer.trees import (
    REPOSITORY,
    Place,
    append,
    burn,
    change,
    leaves,
    seen,
    tree,
    until,
    value,
)

PLACES = """sequencer-in-drain sequencer-after-drain sequencer-after-fence sequencer-after-fill
sequencer-after-tiles sequencer-after-commit sequencer-after-roll sequencer-after-head
archivist-after-tiles""".split()
WRITERS = 16
KILLS = max(10, int(os.environ.get("CUSTODIAN_FAULTS", "0")))  # a night has time for more


def something_of_everything() -> tuple[list[int], list[int]]:
    """Entries for more than one bundle with dead ids among them, and a change that asks for a roll."""
    ids, dead = append(200), burn(2)
    ids += append(100)
    change("held", roll=1)
    return ids, dead


def in_order(place: Place) -> None:
    """The head never tells more than the database holds, nor the database more than the head."""
    assert tree("announced") <= place.known() <= tree()


@pytest.mark.parametrize("failpoint", PLACES)
def test_after_a_kill_at_this_place_everything_is_whole(place: Place, failpoint: str) -> None:
    ids, dead = something_of_everything()
    assert place.child(f"{failpoint}:sigkill").wait() == -signal.SIGKILL
    in_order(place)
    finished(place, ids, dead)


def finished(place: Place, ids: list[int], dead: list[int]) -> None:
    """Another sequencer does the rest and ends in order."""
    change("last")
    child = place.child()
    until(
        lambda: seen().marks() == ["held", "last"] and value("SELECT count(*) FROM querylog.roll")
    )
    until(lambda: Archive(place.store).blocks() == tree("announced") // TILE)
    assert child.kill(signal.SIGTERM) == 0
    found = place.whole()
    assert set(ids) <= set(found.ids) - set(found.acts("void"))
    # An append of its own that it was killed in leaves an id as well.
    assert len(set(found.acts("void")) - set(dead)) <= 1
    assert set(dead) <= set(found.acts("void"))
    assert len(found.acts("key.rotate")) == 1
    assert value("SELECT count(*) FROM querylog.outbox", role="sequencer") == 0
    assert value("SELECT sum(count) FROM querylog.hourly") == found.size


def test_every_dangerous_place_of_the_sequencer_is_among_them() -> None:
    sources = (REPOSITORY / "access" / "sequencer").glob("*.py")
    named = {
        name
        for path in sources
        for name in re.findall(r'failpoints\.hit\("(.+?)"', path.read_text())
    }
    assert named == set(PLACES)


def test_after_a_kill_at_any_write_to_a_file_everything_is_whole(place: Place) -> None:
    """Before and after each time that the child makes something durable outside the database."""
    ids, dead = something_of_everything()
    for moment in range(40):
        child = place.child(before=lambda at=moment: dies_at_sync(at))
        until(lambda child=child: child.ended() or done(place, ids))
        in_order(place)
        child.kill()
        if done(place, ids):
            break
    assert moment > 6
    finished(place, ids, dead)


def done(place: Place, ids: list[int]) -> bool:
    return Archive(place.store).blocks() == 1 and tree("announced") > max(ids)


def dies_at_sync(moment: int) -> None:
    """Even moments lie before the file is on the disk, odd ones after."""
    sync, count = os.fsync, iter(range(1000))

    def fsync(descriptor: int) -> None:
        number = next(count)
        if moment == 2 * number:
            os.kill(os.getpid(), signal.SIGKILL)
        sync(descriptor)
        if moment == 2 * number + 1:
            os.kill(os.getpid(), signal.SIGKILL)

    os.fsync = fsync


def test_the_command_itself_goes_on_after_a_kill(place: Place) -> None:
    append(3)
    with place.command(failpoint="sequencer-after-commit:sigkill") as killed:
        assert killed.wait(30) == -signal.SIGKILL
    assert tree() > 3
    assert place.known() == 0
    change("later")
    again = place.child()
    until(lambda: seen().marks())
    assert again.kill(signal.SIGTERM) == 0
    assert [body["act"] for body in place.whole().bodies[-2:]] == ["change", "writer.close"]


class Writers:
    """People who write on and on, and remember what they were told is written."""

    def __init__(self) -> None:
        self.told: dict[int, str] = {}
        self._over = threading.Event()
        self._guard = threading.Lock()
        self._threads = [
            threading.Thread(target=self._work, args=[Random(number)], daemon=True)
            for number in range(WRITERS)
        ]
        for thread in self._threads:
            thread.start()

    def _work(self, dice: Random) -> None:
        connection = Connection()
        while not self._over.wait(dice.random() * 0.1):
            sealed = leaves(dice.randint(1, 3))
            ids = connection.append(sealed)
            with self._guard:
                self.told |= {index: each.leaf for index, each in zip(ids, sealed, strict=True)}
        connection.close()

    def end(self) -> dict[int, str]:
        self._over.set()
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive()
        return self.told


@pytest.mark.slow
def test_sixteen_writers_and_ten_kills_leave_dense_indexes_and_lose_nothing(place: Place) -> None:
    writers, dice, sizes = Writers(), Random(10), []
    for _ in range(KILLS):
        child, before = place.child(), tree()
        if dice.random() < 0.7:  # else it may be killed while it starts
            until(lambda before=before: tree() > before)
        time.sleep(dice.random() * 0.3)
        assert child.kill() == -signal.SIGKILL
        in_order(place)
        sizes.append(tree())
    told = writers.end()
    place.seal()
    found = place.whole()
    assert {index: found.leaves[index].decode() for index in told} == told
    assert len(set(sizes)) >= KILLS // 2
    assert len(told) > 500
