"""A sequencer on the test's own database, and the tree it made, read from outside and rebuilt from nothing."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from access.querylog.connection import Connection
from access.querylog.leaf import Draft, Session, loosen
from access.sequencer import process
from access.sequencer.process import Sequencer
from access import actors
from access.vocabulary import Channel
from custodian import clock, databases
from custodian.tlog import log_key
from custodian.tlog.verify import Checkpoint, Policy, leaf_hash, node_hash
from tests.security.looking import logged_in

ORIGIN = "custodian.qh/access-log/1"


@dataclass
class Place:
    """Key, policy and head of one log, outside its database."""

    folder: Path

    @property
    def key(self) -> Path:
        return self.folder / "log-key"

    @property
    def policy(self) -> Path:
        return self.folder / "log-policy.txt"

    @property
    def head(self) -> Path:
        return self.folder / "head"

    @classmethod
    def make(cls, folder: Path) -> Place:
        place = cls(folder)
        signer = log_key.create(place.key, origin=ORIGIN)
        log_key.add_to_policy(place.policy, signer)
        return place

    def sequencer(self) -> Sequencer:
        return Sequencer(head=self.head, keys=log_key.load(self.key))

    def trust(self) -> Policy:
        return Policy.parse(self.policy.read_text())

    @contextmanager
    def running(self) -> Iterator[threading.Thread]:
        """The process's loop in a thread, as the command runs it."""
        stop, failed = threading.Event(), []

        def work() -> None:
            try:
                process.run(self.sequencer, stop)
            except BaseException as error:  # noqa: BLE001  told to the test
                failed.append(error)

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        try:
            yield thread
        finally:
            stop.set()
            thread.join(20)
        assert not thread.is_alive()
        assert failed == []


def append(count: int = 1, *, act: str = "admin") -> list[int]:
    """Entries of a session of its own, straight through the log writer's role."""
    session, connection = Session(), Connection()
    try:
        drafts = [
            Draft(actor=actors.system("tests"), act=act, at=clock.now(), channel=Channel.TASK)
            for _ in range(count)
        ]
        return connection.append([session.chain(loosen(draft)) for draft in drafts])
    finally:
        connection.close()


def burn(count: int = 1) -> None:
    """Draw ids and roll back, as an append that fails does."""
    raw = databases.connect("log_writer", application_name="tests burn")
    raw.autocommit = False
    with raw.cursor() as cursor:
        cursor.execute(
            "SELECT querylog.append(%s::text[], %s::bytea[], %s::bytea[], '{}', '{}')",
            [["{\"ts\":\"2026-01-01T00:00:00Z\"}"] * count, [b""] * count, [None] * count],
        )
    raw.rollback()
    raw.close()


@dataclass(frozen=True)
class Seen:
    """The log and its tree as an outsider reads them."""

    leaves: list[bytes]
    ids: list[int]
    size: int
    announced: int
    checkpoints: list[Checkpoint]

    def whole(self, trust: Policy) -> None:
        """Dense indexes, and every checkpoint signed over exactly the first entries."""
        assert self.ids == list(range(len(self.ids)))
        assert self.size <= len(self.ids)
        for checkpoint in self.checkpoints:
            trust.log_time(checkpoint)
            assert root_of(self.leaves[: checkpoint.size]) == checkpoint.root


def seen() -> Seen:
    with logged_in("auditor") as cursor:
        cursor.execute("SELECT id, leaf FROM querylog.entry ORDER BY id")
        rows = cursor.fetchall()
        cursor.execute("SELECT size, announced FROM querylog.tree")
        size, announced = cursor.fetchone()
        cursor.execute("SELECT note FROM querylog.checkpoint ORDER BY size")
        notes = [Checkpoint.parse(note.encode()) for (note,) in cursor.fetchall()]
    return Seen([row[1].encode() for row in rows], [row[0] for row in rows], size, announced, notes)


def root_of(leaves: list[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    return _root([leaf_hash(leaf) for leaf in leaves])


def _root(hashes: list[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(_root(hashes[:split]), _root(hashes[split:]))


@contextmanager
def superuser() -> Iterator[psycopg2.extensions.cursor]:
    """A database administrator who switches every trigger off."""
    with logged_in("superuser") as cursor:
        cursor.execute("SET session_replication_role = replica")
        for table in ("tree", "tile", "checkpoint", "roll", "roll_record", "entry_0"):
            cursor.execute(f"ALTER TABLE querylog.{table} DISABLE TRIGGER ALL")
        yield cursor
