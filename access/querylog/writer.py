"""The per-process writer: entries of all threads share commits, and each waits for its own.

One thread, one connection, one chain. An entry counts only after COMMIT returned; when the outcome is
unknown the session ends and the next one names it, so that over-logging is possible and under-logging is not.
"""

from __future__ import annotations

import atexit
import os
import threading
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from queue import Empty, SimpleQueue

import psycopg2
import structlog
from prometheus_client import Counter

from access.actors import Actor, system
from access.querylog.connection import Connection, LogUnavailable
from access.querylog.leaf import Draft, Loose, Sealed, Session, loosen
from access.querylog.tail import tail_key
from access.vocabulary import Channel
from custodian import clock

BATCH = 256
IDLE_SECONDS = 10.0
STUCK_SECONDS = 3.0
FAILING_SECONDS = 15.0  # then a new look may try: nobody would ever write again otherwise
NAMED = 200
# No code at all, or the server's words for ending this connection or itself.
GONE = frozenset({None, "57P01", "57P02", "57P03", "08006"})
CONTENT = frozenset({"22", "23"})  # classes of errors about the data itself
ENTRIES = Counter("custodian_log_entries", "Entries that this process committed to the query log")
_log = structlog.get_logger("access.querylog")


class Pending:
    """One thread's entry and where it hears what became of it.

    A bare lock, held until then: an event costs its thread three times as much.
    """

    __slots__ = ("at", "entry", "loose", "ready")

    def __init__(self, draft: Draft) -> None:
        self.loose, self.at = loosen(draft), draft.at
        self.entry: int | None = None
        self.ready = threading.Lock()
        self.ready.acquire()


class Writer:
    def __init__(self) -> None:
        self._queue: SimpleQueue[Pending | None] = SimpleQueue()  # None ends the thread
        self._connection: Connection | None = None
        self._session: Session | None = None
        self._written = 0  # entries that the session certainly has in the log
        self._lost: list[dict[str, object]] = []
        self._flushing_since: float | None = None
        self._hung = False
        self._stopping = False
        self._newest = (clock.now(), time.monotonic())
        self._failed_at: float | None = None
        self._thread = threading.Thread(target=self._run, name="querylog", daemon=True)
        self._thread.start()

    def write(self, draft: Draft, *, wait: float) -> int:
        """Block until the entry is committed and return its id; `LogUnavailable` if it may not be."""
        if self._is_stuck():
            raise LogUnavailable
        pending = Pending(draft)
        self._queue.put(pending)
        if not pending.ready.acquire(timeout=wait) or pending.entry is None:
            raise LogUnavailable
        return pending.entry

    def _is_stuck(self) -> bool:
        """Whether waiting is hopeless: after a flush that hung, one entry at a time tries again."""
        since = self._flushing_since
        if since is None:
            return self._hung and not self._queue.empty()
        return self._hung or time.monotonic() - since > STUCK_SECONDS

    def failing(self) -> bool:
        """Whether entries failed just now and none was written since: a full disk shows only here."""
        return self._failed_at is not None and time.monotonic() - self._failed_at < FAILING_SECONDS

    def tell(self, moment: datetime) -> None:
        """It is at least this late: what was changed meanwhile came into the log by another way."""
        if moment > self._told_time():
            self._newest = (moment, time.monotonic())

    def stop(self, *, wait: float = 5.0) -> None:
        """Write what is waiting, close the session, and end."""
        self._queue.put(None)
        self._thread.join(wait)

    def _run(self) -> None:
        while not self._stopping:
            if batch := self._next_batch():
                self._flush(batch)
            if not batch or self._stopping:
                self._close_session()

    def _next_batch(self) -> list[Pending]:
        """Up to BATCH entries that wait; none after a quiet while, or when it is time to end."""
        batch: list[Pending] = []
        try:
            each = self._queue.get(timeout=IDLE_SECONDS if self._session else None)
            while each is not None:
                batch.append(each)
                if len(batch) == BATCH:
                    return batch
                each = self._queue.get_nowait()
            self._stopping = True
        except Empty:
            pass
        return batch

    def _flush(self, batch: Sequence[Pending]) -> None:
        self._flushing_since = time.monotonic()
        try:
            entries = self._append(batch)
            self._hung, self._failed_at = False, None
        except Exception as error:  # noqa: BLE001  whatever it was, nobody may be left waiting
            _log.error("log-write-failed", reason=type(error).__name__, count=len(batch))
            entries = [None] * len(batch)
            self._hung, self._failed_at = isinstance(error, LogUnavailable), time.monotonic()
        self._flushing_since = None
        for pending, entry in zip(batch, entries, strict=True):
            pending.entry = entry
            pending.ready.release()

    def _append(self, batch: Sequence[Pending]) -> Sequence[int | None]:
        try:
            return self._attempt(batch)
        except psycopg2.Error as error:
            refused = error.pgcode not in GONE
            # What the server itself refused (a right, a lock, the disk) it would refuse again.
            self._lose_session(certainly=refused)
            if refused:
                return self._apart(batch, error)
        except Exception as error:
            self._lose_session(certainly=not isinstance(error, LogUnavailable))
            raise
        # A connection that was lost while idle deserves one new try; over-logging is allowed.
        try:
            return self._attempt(batch)
        except Exception:
            self._lose_session()
            raise

    def _apart(self, batch: Sequence[Pending], error: psycopg2.Error) -> Sequence[int | None]:
        """One by one, if it is the content of some entry that was refused: the others did no wrong."""
        if (error.pgcode or "")[:2] not in CONTENT or len(batch) == 1:
            raise error
        entries: list[int | None] = []
        for pending in batch:
            try:
                entries += self._append([pending])
            except (psycopg2.DataError, psycopg2.IntegrityError):
                entries.append(None)
        return entries

    def _attempt(self, batch: Sequence[Pending]) -> Sequence[int]:
        if self._connection is None:
            self._connection = Connection()
        opening: list[Sealed] = []
        if self._session is None:
            self._session = Session(tail_key())
            mark = _mark("writer.open", batch[0].at, lost=self._lost)
            opening.append(self._session.chain(mark))
        sealed = [self._session.chain(pending.loose) for pending in batch]
        entries = self._connection.append([*opening, *sealed])
        self._lost, self._written = [], self._session.count
        self._newest = (batch[-1].at, time.monotonic())
        ENTRIES.inc(len(entries))
        return entries[len(opening) :]

    def _lose_session(self, *, certainly: bool = False) -> None:
        """End the session and remember to name it, unless it `certainly` wrote nothing at all."""
        if self._session is not None and (self._written or not certainly):
            self._lost.append({"w": self._session.name, "upto": self._session.count})
        self._session, self._written = None, 0
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _told_time(self) -> datetime:
        """Now, by the clock of the newest entry: a history that is being told stays in its order."""
        at, since = self._newest
        return at + timedelta(seconds=time.monotonic() - since)

    def _close_session(self) -> None:
        """One closing leaf after a quiet while, so that a session's last entry has a successor."""
        if self._session is None or self._connection is None:
            return
        try:
            self._connection.append([self._session.chain(_mark("writer.close", self._told_time()))])
        except (LogUnavailable, psycopg2.Error):
            self._lose_session()
        self._session, self._written = None, 0
        if self._stopping and self._connection is not None:
            self._connection.close()
            self._connection = None


def _mark(act: str, at: datetime, *, lost: Sequence[dict[str, object]] | None = None) -> Loose:
    """A leaf of the session itself, at the time that its entries tell."""
    facts = _named(lost) if lost else {}
    actor: Actor = system("sequencer")
    return loosen(Draft(actor=actor, act=act, at=at, channel=Channel.TASK, facts=facts))


def _named(lost: Sequence[dict[str, object]]) -> dict[str, object]:
    """The lost sessions, as many as a leaf has room for: an entry that cannot be written ends all."""
    unnamed = len(lost) - NAMED
    return {"lost": lost[-NAMED:], **({"unnamed": unnamed} if unnamed > 0 else {})}


_writer: Writer | None = None
_owner: int | None = None
_guard = threading.Lock()


def writer() -> Writer:
    """This process's writer, started at first use; a forked child never inherits its parent's."""
    global _writer, _owner
    with _guard:
        if _writer is None or _owner != os.getpid():
            _writer, _owner = Writer(), os.getpid()
        return _writer


def failing() -> bool:
    """Whether this process's writer fails at present; a process that has none has not failed."""
    return _writer is not None and _owner == os.getpid() and _writer.failing()


def tell(moment: datetime) -> None:
    """A history that is being told has come to this moment; the session's own marks come no earlier."""
    if _writer is not None and _owner == os.getpid():
        _writer.tell(moment)


def stop() -> None:
    """End this process's writer after it wrote what is waiting."""
    global _writer  # noqa: PLW0603
    if _writer is not None and _owner == os.getpid():
        _writer.stop()
    _writer = None


def _forget_after_fork() -> None:
    global _writer, _guard
    _writer, _guard = None, threading.Lock()


os.register_at_fork(after_in_child=_forget_after_fork)
atexit.register(stop)
