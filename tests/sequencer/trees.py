"""A sequencer on the test's own database, and the tree it made, read from outside and rebuilt from nothing."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.management import call_command
from django.db import connection as django_connection
from django.db import transaction
from psycopg2 import extensions

from access import actors, gate
from access.actions import Action
from access.querylog.leaf import Draft, Sealed, Session, loosen
from access.sequencer import copies, process
from access.sequencer.process import Sequencer
from access.vocabulary import Channel
from custodian import clock, databases, failpoints
from custodian.tlog import log_key
from custodian.tlog.head import Head
from custodian.tlog.notes import Signer
from custodian.tlog.verify import Checkpoint, Policy, leaf_hash, node_hash
from tests import databases as test_databases
from tests.security.looking import logged_in

REPOSITORY = Path(__file__).resolve().parents[2]
ORIGIN = "custodian.qh/access-log/1"
APPEND = "SELECT querylog.append(%s::text[], %s::bytea[], %s::bytea[], '{}', '{}')"
EMPTIED = """entry subject_access context outbox tile cosignature checkpoint roll_record roll
hourly""".split()
FILES = {"KEY": "log-key", "POLICY": "log-policy.txt", "HEAD": "head", "STORE": "store"}


@dataclass
class Place:
    """Key, policy, head and store of one log, outside its database."""

    folder: Path
    children: list[Child] = field(default_factory=list)

    @classmethod
    def make(cls, folder: Path) -> Place:
        place = cls(folder)
        log_key.add_to_policy(place.policy, log_key.create(place.key, origin=ORIGIN))
        return place

    @property
    def key(self) -> Path:
        return self.folder / FILES["KEY"]

    @property
    def policy(self) -> Path:
        return self.folder / FILES["POLICY"]

    @property
    def head(self) -> Path:
        return self.folder / FILES["HEAD"]

    @property
    def store(self) -> Path:
        return self.folder / FILES["STORE"]

    def sequencer(self, **more: Any) -> Sequencer:
        return Sequencer(head=self.head, keys=log_key.load(self.key), **more)

    @contextmanager
    def leading(self) -> Iterator[Sequencer]:
        """A sequencer whose turns the test takes itself."""
        sequencer = self.sequencer()
        try:
            yield sequencer
        finally:
            sequencer.abandon()

    def seal(self) -> None:
        """A sequencer that takes in all there is, and ends in order."""
        sequencer = self.sequencer()
        sequencer.cycle()
        sequencer.close()

    @contextmanager
    def running(self, alarm: Callable[[], str] = str) -> Iterator[threading.Thread]:
        """The process's loop in a thread, as the command runs it."""
        stop, failed = threading.Event(), []

        def work() -> None:
            try:
                process.run(self.sequencer, stop, alarm)
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

    def child(self, failpoint: str = "", *, before: Callable[[], object] = lambda: None) -> Child:
        """The command in a process of its own, which may be killed at any moment."""
        # The child would say goodbye to the server on the parent's connection.
        django_connection.close()
        pid = os.fork()
        if pid:
            self.children.append(Child(pid))
            return self.children[-1]
        code = 1
        try:
            os.environ[failpoints.VARIABLE] = failpoint
            failpoints._hits.clear()
            process.PERIOD = copies.ARCHIVE_SECONDS = 0.05
            before()
            call_command("sequencer")
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            os._exit(code)

    @contextmanager
    def command(self, *before: str, failpoint: str = "") -> Iterator[subprocess.Popen[str]]:
        """`manage.py sequencer`, as an operator starts it."""
        variables = {f"CUSTODIAN_LOG_{name}": str(self.folder / at) for name, at in FILES.items()}
        with subprocess.Popen(
            [*before, sys.executable, "manage.py", "sequencer"],
            cwd=REPOSITORY,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env={
                **os.environ,
                **test_databases.environment(),
                **variables,
                failpoints.VARIABLE: failpoint,
            },
            start_new_session=True,
        ) as started:
            try:
                yield started
            finally:
                with suppress(ProcessLookupError):
                    os.killpg(started.pid, signal.SIGKILL)

    def signers(self) -> list[Signer]:
        return log_key.in_force(log_key.load(self.key), at=clock.real())

    def trust(self) -> Policy:
        return Policy.parse(self.policy.read_text())

    def known(self) -> int:
        """The size that the head file tells, 0 if there is none yet."""
        note = Head(self.head).read()
        return Checkpoint.parse(note).size if note else 0

    def whole(self) -> Seen:
        """All there is lies in the tree, and head file and database tell the same."""
        found = seen()
        found.whole(self.trust())
        head = Checkpoint.parse(self.head.read_bytes())
        assert head.note == found.checkpoints[-1].note
        assert head.size == found.announced == found.size == len(found.ids)
        return found


@dataclass
class Child:
    pid: int
    code: int | None = None

    def kill(self, number: signal.Signals = signal.SIGKILL) -> int:
        with suppress(ProcessLookupError):
            os.kill(self.pid, number)
        return self.wait()

    def ended(self) -> bool:
        if self.code is None:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            self.code = os.waitstatus_to_exitcode(status) if pid else None
        return self.code is not None

    def wait(self, seconds: float = 15) -> int:
        """Its exit code, or the negative number of the signal that ended it."""
        try:
            until(self.ended, seconds=seconds)
        except AssertionError:
            self.kill()
            raise
        assert self.code is not None
        return self.code


def until(true: Callable[[], object], *, seconds: float = 10) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come to pass"
        time.sleep(0.02)


# What people write


def leaves(count: int = 1, *, act: str = "admin", by: str = "tests") -> list[Sealed]:
    """Entries of a session of their own, not written yet."""
    session = Session()
    drafts = [
        Draft(actor=actors.system(by), act=act, at=clock.now(), channel=Channel.TASK)
        for _ in range(count)
    ]
    return [session.chain(loosen(draft)) for draft in drafts]


def append(count: int = 1, *, by: str = "tests") -> list[int]:
    """Straight through the log writer's role."""
    return draw(lasting("log_writer"), leaves(count, by=by))


@contextmanager
def appending(count: int = 1) -> Iterator[tuple[extensions.connection, list[int]]]:
    """An append whose transaction stays open: it holds its ids and the fence until it ends."""
    raw = databases.connect("log_writer", application_name="tests append")
    raw.autocommit = False
    try:
        yield raw, draw(raw, leaves(count))
    finally:
        raw.close()


def draw(raw: extensions.connection, sealed: Sequence[Sealed]) -> list[int]:
    """Append in the connection's transaction if it has one, and say which ids that takes."""
    tags, contexts = [b""] * len(sealed), [None] * len(sealed)
    with raw.cursor() as cursor:
        cursor.execute(APPEND, [[each.leaf for each in sealed], tags, contexts])
        (ids,) = cursor.fetchone()
    return list(ids)


def burn(count: int = 1) -> list[int]:
    """Draw ids and roll back, as an append that fails does."""
    if count == 0:
        return []
    with appending(count) as (raw, ids):
        raw.rollback()
    return ids


def change(mark: str, **facts: Any) -> None:
    """One change, whose entry waits in the outbox."""
    with transaction.atomic():
        enqueue(mark, **facts)


def enqueue(mark: str, **facts: Any) -> None:
    gate.authorise(
        actors.system("tests"),
        Action.CUSTOMER_CHANGE,
        channel="task",
        facts={"mark": mark, **facts},
    )


# What an outsider sees


@dataclass(frozen=True)
class Seen:
    """The log and its tree as an outsider reads them."""

    leaves: list[bytes]
    ids: list[int]
    size: int
    announced: int
    checkpoints: list[Checkpoint]

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(leaf) for leaf in self.leaves]

    def acts(self, act: str) -> list[int]:
        return [index for index, body in enumerate(self.bodies) if body["act"] == act]

    def marks(self) -> list[str]:
        return [body["mark"] for body in self.bodies if "mark" in body]

    def whole(self, trust: Policy) -> None:
        """Dense indexes, and every checkpoint signed over exactly the first entries, later than the last."""
        assert self.ids == list(range(len(self.ids)))
        assert self.size <= len(self.ids)
        hashes = [leaf_hash(leaf) for leaf in self.leaves]
        times = [trust.log_time(checkpoint) for checkpoint in self.checkpoints]
        assert times == sorted(times)
        for checkpoint in self.checkpoints:
            assert _root(hashes[: checkpoint.size]) == checkpoint.root


def seen() -> Seen:
    with lasting("auditor").cursor() as cursor:
        cursor.execute("SELECT id, leaf FROM querylog.entry ORDER BY id")
        rows = cursor.fetchall()
        cursor.execute("SELECT size, announced FROM querylog.tree")
        size, announced = cursor.fetchone()
        cursor.execute("SELECT note FROM querylog.checkpoint ORDER BY size")
        notes = [Checkpoint.parse(note.encode()) for (note,) in cursor.fetchall()]
    return Seen([row[1].encode() for row in rows], [row[0] for row in rows], size, announced, notes)


def tree(column: str = "size") -> Any:
    return value(f"SELECT {column} FROM querylog.tree")


def value(statement: str, *parameters: object, role: databases.Role = "auditor") -> Any:
    with lasting(role).cursor() as cursor:
        cursor.execute(statement, parameters or None)
        return cursor.fetchone()[0]


_lasting: dict[tuple[int, str, str], extensions.connection] = {}


def lasting(role: databases.Role) -> extensions.connection:
    """A connection that this process keeps, because logging in costs more than most questions."""
    key = (os.getpid(), threading.current_thread().name, role)
    if key not in _lasting or _lasting[key].closed:
        _lasting[key] = databases.connect(role, application_name="tests looking")
    return _lasting[key]


def let_go() -> None:
    while _lasting:
        _lasting.popitem()[1].close()


test_databases.before_drop.append(let_go)


def root_of(entries: Sequence[bytes]) -> bytes:
    """RFC 6962, 2.1, as it is written there."""
    return _root([leaf_hash(each) for each in entries])


def _root(hashes: Sequence[bytes]) -> bytes:
    if len(hashes) == 1:
        return hashes[0]
    split = 1 << ((len(hashes) - 1).bit_length() - 1)
    return node_hash(_root(hashes[:split]), _root(hashes[split:]))


# What an administrator of the database does

_TRIGGERS = (
    "SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger"
    " WHERE NOT tgisinternal AND tgparentid = 0 AND tgrelid IN"
    " (SELECT oid FROM pg_class WHERE relnamespace = 'querylog'::regnamespace)"
)
_AS_BEFORE = {"A": "ENABLE ALWAYS", "O": "ENABLE", "D": "DISABLE"}


@contextmanager
def superuser() -> Iterator[extensions.cursor]:
    """In one transaction, with every trigger of the log switched off for its length."""
    with logged_in("superuser") as cursor:
        cursor.execute("BEGIN; SET LOCAL session_replication_role = replica")
        cursor.execute(_TRIGGERS)
        triggers = cursor.fetchall()
        for table in {table for table, _, _ in triggers}:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield cursor
        for table, trigger, state in triggers:
            cursor.execute(f"ALTER TABLE {table} {_AS_BEFORE[state]} TRIGGER {trigger}")
        cursor.execute("COMMIT")


def is_empty() -> bool:
    return bool(
        value(
            "SELECT (SELECT size = 0 FROM querylog.tree)"
            " AND NOT EXISTS (SELECT FROM querylog.entry) AND NOT EXISTS (SELECT FROM querylog.outbox)"
            " AND NOT (SELECT is_called FROM querylog.entry_id)",
            role="superuser",
        )
    )


def empty() -> None:
    """The log as the migrations leave it: much quicker than a new database, and enough where no one else is."""
    with superuser() as cursor:
        for table in EMPTIED:
            cursor.execute(f"DELETE FROM querylog.{table}")
        cursor.execute(
            "UPDATE querylog.tree SET size = 0, announced = 0, announced_at = NULL, min_index = 0,"
            " keys = '', codes = ''"
        )
        cursor.execute("SELECT setval('querylog.entry_id', 0, false)")
        # Nobody here stops the server itself, so its commits need not wait for the disk.
        cursor.execute("SELECT current_database()")
        cursor.execute(f"ALTER DATABASE {cursor.fetchone()[0]} SET synchronous_commit = off")


def rewind(size: int) -> None:
    """Put the database back to when its tree had this size, as a restored backup is."""
    with superuser() as cursor:
        cursor.execute("DELETE FROM querylog.entry WHERE id >= %s", [size])
        cursor.execute("DELETE FROM querylog.roll_record WHERE upto > %s", [size])
        cursor.execute("DELETE FROM querylog.roll WHERE upto > %s", [size])
        cursor.execute("DELETE FROM querylog.cosignature WHERE size > %s", [size])
        cursor.execute("DELETE FROM querylog.checkpoint WHERE size > %s", [size])
        cursor.execute("DELETE FROM querylog.tile WHERE (%s >> (8 * level)) <= index * 256", [size])
        cursor.execute(
            "UPDATE querylog.tile SET width = w, data = substring(data FOR w * 32)"
            " FROM (SELECT level l, index i, (%s >> (8 * level)) - index * 256 w FROM querylog.tile) s"
            " WHERE (level, index) = (l, i) AND w < width",
            [size],
        )
        cursor.execute(
            "UPDATE querylog.tree SET size = %s, announced = least(announced, %s)", [size, size]
        )
        cursor.execute("SELECT setval('querylog.entry_id', %s, false)", [size])
