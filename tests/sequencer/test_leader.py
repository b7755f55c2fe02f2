"""One sequencer leads; another one waits, takes over when it is gone, and never works beside it."""

from __future__ import annotations

import signal
import threading
import time

import psycopg2
import pytest

from access.sequencer.integrate import Integrator, Overtaken
from access.sequencer.process import NotLeader
from custodian import databases
from tests.security.looking import backends, logged_in
from tests.sequencer.trees import Place, append, seen, tree, until

REFUSED = (Overtaken, psycopg2.errors.RaiseException, psycopg2.errors.UniqueViolation)


def test_a_second_sequencer_is_told_that_it_does_not_lead(place: Place) -> None:
    with place.leading():
        with pytest.raises(NotLeader):
            place.sequencer()
        assert len(led_by()) == 1
    place.sequencer().close()


def led_by() -> list[int]:
    with logged_in("superuser") as cursor:
        return backends(cursor, "custodian sequencer")


def test_the_one_that_waits_takes_over_when_the_leader_is_killed(place: Place) -> None:
    first = place.child()
    until(lambda: tree("announced") > 0)
    with place.running():
        time.sleep(0.3)
        (index,) = append()
        until(lambda: tree("announced") > index)
        assert len(led_by()) == 1
        first.kill()
        (index,) = append()
        until(lambda: tree("announced") > index, seconds=5)
    assert len(place.whole().acts("key.rotate")) == 1


def test_one_that_lost_its_connection_goes_on_by_itself(place: Place) -> None:
    with place.running():
        append()
        until(lambda: tree("announced") == 2)
        with logged_in("superuser") as cursor:
            for pid in [
                *backends(cursor, "custodian sequencer"),
                *backends(cursor, "custodian drain"),
            ]:
                cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        append()
        until(lambda: tree("announced") == 3)
    place.whole()


def integrator() -> Integrator:
    """Without the lock by which a sequencer leads: the tree itself must refuse the second one."""
    connection = databases.connect("sequencer", application_name="tests integrator")
    connection.autocommit = False
    return Integrator(connection)


@pytest.mark.parametrize("more", [0, 2], ids=["the same entries", "further entries"])
def test_whoever_was_overtaken_changes_nothing(place: Place, more: int) -> None:
    signers = place.signers()
    append(3)
    slow, quick = integrator(), integrator()
    assert quick.take(quick.fence(), signers=signers) == 3
    if more:
        append(more)
    before = everything()
    with pytest.raises(REFUSED):
        slow.take(slow.fence(), signers=signers)
    assert everything() == before
    append()
    assert quick.take(quick.fence(), signers=signers) == more + 1
    seen().whole(place.trust())


def everything() -> list[object]:
    with logged_in("auditor") as cursor:
        cursor.execute(
            "SELECT (SELECT array_agg(t) FROM querylog.tree t)::text,"
            " (SELECT array_agg(t) FROM querylog.tile t)::text,"
            " (SELECT array_agg(c ORDER BY size) FROM querylog.checkpoint c)::text,"
            " (SELECT array_agg(h ORDER BY h) FROM querylog.hourly h)::text,"
            " (SELECT count(*) FROM querylog.entry)"
        )
        return list(cursor.fetchone())


def test_of_many_that_integrate_at_once_one_does(place: Place) -> None:
    signers = place.signers()
    append(300)
    outcomes: list[object] = []
    start = threading.Barrier(6)

    def work(one: Integrator) -> None:
        beyond = one.fence()
        start.wait()
        try:
            outcomes.append(one.take(beyond, signers=signers))
        except REFUSED as error:
            outcomes.append(type(error))

    threads = [threading.Thread(target=work, args=[integrator()]) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(outcomes) == 6
    assert [each for each in outcomes if isinstance(each, int)] == [300]
    seen().whole(place.trust())


def test_the_command_ends_in_order_while_it_still_waits(place: Place) -> None:
    with place.leading():
        waiting = place.child()
        time.sleep(0.5)
        assert waiting.kill(signal.SIGTERM) == 0
