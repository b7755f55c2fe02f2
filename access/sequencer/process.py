"""The sequencer's turn: changes in, entries into the tree, the head out; one leader at a time."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import psycopg2
import structlog
from psycopg2 import extensions

from access.actors import system
from access.sequencer import rolls
from access.sequencer.announce import Announcer, RefusesToSign
from access.sequencer.drain import PARTITION, Drain
from access.sequencer.integrate import FenceBusy, Integrator
from access.sequencer.reconciled import NotReconciled, require_reconciled
from access.sequencer.rolls import EntryMissing
from custodian import clock, databases, failpoints
from custodian.tlog import log_key
from custodian.tlog.head import Head, HeadMoved
from custodian.tlog.log_key import LogKey
from custodian.tlog.merkle import Absent
from custodian.tlog.notes import Signer

PERIOD = 0.5
IDLE = timedelta(minutes=10)  # then the head of a quiet log is signed anew
ROLL = timedelta(hours=1)
PARTITIONS_EVERY = 60.0
FENCE_ALARM = 10
_LEADER = "SELECT pg_try_advisory_lock(4244)"
_log = structlog.get_logger("sequencer")


class NotLeader(Exception):
    """Another sequencer is at work; this one waits for its turn."""


class Sequencer:
    """Everything that one sequencer holds; after any error it is thrown away and made anew."""

    def __init__(self, *, head: Path, keys: list[LogKey], codes: str = "") -> None:
        self._connection = _lead()
        try:
            self._keys = keys
            self._extended = 0.0
            self._extend()
            self.announcer = Announcer(self._connection, Head(head))
            self.integrator = _whole(self._connection)
            self.drain = Drain()
            self._rolled = self.integrator.rolls.at or clock.now()
            self._fences = 0
            self._introduce(codes)
        except BaseException:
            self._connection.close()
            raise

    def cycle(self) -> int:
        """One turn; says how many entries it took into the tree."""
        self._extend()
        self._take_changes()
        taken = self._integrate()
        if self._roll_is_due():
            self._roll()
            taken += self._integrate()
        if not taken and self._is_quiet():
            self.integrator.again(signers=self._signers())
        self.announcer.once()
        return taken

    def close(self) -> None:
        """End in order: the last entries into the tree, and the head out."""
        try:
            self.drain.close()
            self._integrate()
            self.announcer.once()
        finally:
            self._connection.close()

    def abandon(self) -> None:
        self.drain.abandon()
        self._connection.close()

    def _take_changes(self) -> None:
        """For no longer than a turn takes: neither many changes nor a broken one hold up what is written."""
        until = time.monotonic() + PERIOD
        try:
            while self.drain.once() and time.monotonic() < until:
                pass
        except Exception as error:  # noqa: BLE001  whatever it was, entries that are written get their seal
            _log.error("drain-failed", reason=type(error).__name__)
        failpoints.hit("sequencer-after-drain")

    def _integrate(self) -> int:
        try:
            beyond = self.integrator.fence()
            self._fences = 0
        except FenceBusy:
            self._fences += 1
            if self._fences == FENCE_ALARM:
                _log.error("fence-held", cycles=self._fences)
            return 0
        taken = 0
        while step := self.integrator.take(beyond, signers=self._signers()):
            taken += step
        return taken

    def _signers(self) -> list[Signer]:
        return log_key.in_force(self._keys, at=clock.real())

    def _introduce(self, codes: str) -> None:
        """New keys, and a new dictionary of codes, are themselves on record."""
        with self._connection, self._connection.cursor() as cursor:
            cursor.execute("SELECT keys, codes FROM querylog.tree")
            known_keys, known_codes = cursor.fetchone() or ("", "")
        signers = self._signers()
        names = ",".join(signer.key.id.hex() for signer in signers)
        if names != known_keys:
            facts = {"keys": [signer.key.vkey for signer in signers], "before": known_keys}
            self.drain.write("key.rotate", facts, then=_remember("keys", names))
        if codes and codes != known_codes:
            self.drain.write("codes", {"digest": codes}, then=_remember("codes", codes))

    def _roll_is_due(self) -> bool:
        state = self.integrator.rolls
        fresh = state.changed - {str(system("sequencer").ref)}
        late = clock.now() - self._rolled >= ROLL
        return bool(fresh and (late or state.asked))

    def _roll(self) -> None:
        state, root = self.integrator.rolls, self.integrator.rolls.root()
        facts = {"root": root.hex(), "upto": state.upto, "people": len(state.records)}
        self.drain.write(
            "roll", facts, then=lambda cursor, leaf: rolls.save(cursor, state, leaf=leaf, root=root)
        )
        failpoints.hit("sequencer-after-roll")
        state.taken()
        self._rolled = clock.now()

    def _is_quiet(self) -> bool:
        last = self.announcer.at
        return self.integrator.size > 0 and (last is None or clock.real() - last >= IDLE)

    def _extend(self) -> None:
        if time.monotonic() - self._extended < PARTITIONS_EVERY and self._extended:
            return
        self._extended = time.monotonic()
        try:
            with self._connection, self._connection.cursor() as cursor:
                # A new partition waits for whoever reads the table, and every append would wait with it.
                cursor.execute("SET LOCAL lock_timeout = '250ms'")
                cursor.execute("SELECT querylog.extend(%s)", [PARTITION])
        except psycopg2.errors.LockNotAvailable:
            _log.warning("partition-waits")


def run(
    make: Callable[[], Sequencer], stop: threading.Event, alarm: Callable[[], str] = str
) -> None:
    """Lead until told to stop. Raises `RefusesToSign` and `HeadMoved`, which only a person can mend.

    `alarm` says why nothing more may be signed; normally nothing.
    """
    sequencer: Sequencer | None = None
    while not stop.is_set():
        begun = time.monotonic()
        try:
            if why := alarm():
                raise RefusesToSign(why)  # noqa: TRY301  it ends like any other refusal
            sequencer = sequencer or make()
            sequencer.cycle()
        except (NotLeader, NotReconciled):
            stop.wait(1)
        except (RefusesToSign, HeadMoved):
            if sequencer:
                sequencer.abandon()
            raise
        except Exception as error:  # noqa: BLE001  whatever it was, the next turn begins from the rows
            _log.error("sequencer-stumbled", reason=type(error).__name__)
            if sequencer:
                sequencer.abandon()
            sequencer = None
            stop.wait(0.5)
        stop.wait(max(0.0, PERIOD - (time.monotonic() - begun)))
    if sequencer:
        sequencer.close()


def _lead() -> extensions.connection:
    connection = databases.connect("sequencer", application_name="custodian sequencer")
    try:
        require_reconciled(connection)
        with connection.cursor() as cursor:
            cursor.execute(_LEADER)
            leads = cursor.fetchone() == (True,)
    except BaseException:
        connection.close()
        raise
    if not leads:
        connection.close()
        raise NotLeader
    connection.autocommit = False
    return connection


def _whole(connection: extensions.connection) -> Integrator:
    try:
        return Integrator(connection)
    except Absent:
        raise RefusesToSign("tiles-missing") from None
    except EntryMissing:
        raise RefusesToSign("entries-missing") from None


def _remember(column: str, value: str) -> Callable[[extensions.cursor, int], None]:
    statement = {
        "keys": "UPDATE querylog.tree SET keys = %s",
        "codes": "UPDATE querylog.tree SET codes = %s",
    }[column]
    return lambda cursor, _entry: cursor.execute(statement, [value])
