"""Asks the witnesses of the policy to cosign the announced head, and keeps what they say."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from psycopg2 import extensions

from access.sequencer.integrate import read_tile
from custodian import clock
from custodian.tlog import cosigning, merkle, monitor, notes
from custodian.tlog.cosigning import Contradicted, NotCosigned
from custodian.tlog.verify import Checkpoint, Failed, Key, Note, Policy

FRESH = timedelta(minutes=10)  # a quiet head is cosigned anew after so long
_ANNOUNCED = (
    "SELECT c.size, c.note FROM querylog.checkpoint c JOIN querylog.tree t ON t.announced = c.size"
)
_SAID = "SELECT size, at FROM querylog.cosignature WHERE witness = %s ORDER BY size DESC, at DESC LIMIT 1"
_KEEP = (
    "INSERT INTO querylog.cosignature (size, witness, line, at) VALUES (%s, %s, %s, %s)"
    " ON CONFLICT (size, witness) DO UPDATE SET line = excluded.line, at = excluded.at"
)
_log = structlog.get_logger("sequencer")


@dataclass(frozen=True)
class Asked:
    """A witness that the policy says how to reach."""

    name: str
    key: Key
    url: str


class Cosigner:
    """One turn asks each witness of the policy file once; `alarm` hears of a proven contradiction."""

    def __init__(
        self, connection: extensions.connection, policy: Path, alarm: Callable[[str], None]
    ) -> None:
        self._connection = connection
        self._policy = policy
        self._alarm = alarm
        self._heard: set[str] = (
            set()
        )  # since the start, before which anything may have been restored

    def once(self) -> int:
        """How many witnesses cosigned."""
        if not self._policy.exists():
            return 0
        policy = Policy.parse(self._policy.read_text("utf-8"))
        with self._connection.cursor() as cursor:
            cursor.execute(_ANNOUNCED)
            row = cursor.fetchone()
            if row is None:
                return 0
            asked = [Asked(name, policy.witnesses[name], url) for name, url in policy.urls.items()]
            return sum(self._ask(cursor, row[1].encode(), each) for each in asked)

    def _ask(self, cursor: extensions.cursor, note: bytes, witness: Asked) -> bool:
        head = Checkpoint.parse(note)
        cursor.execute(_SAID, [witness.name])
        size, at = cursor.fetchone() or (0, None)
        fresh = size == head.size and at is not None and clock.real() - at < FRESH
        if fresh and witness.name in self._heard:
            return False

        def proof(old: int) -> list[bytes]:
            return merkle.consistency(old, head.size, lambda *tile: read_tile(cursor, *tile))

        try:
            lines = cosigning.cosign(
                witness.url, witness.key, checkpoint=note, latest_known=size, consistency=proof
            )
        except Contradicted as error:
            self._contradicted(cursor, witness, head, error)
            return False
        except NotCosigned as error:
            _log.warning("witness-silent", witness=witness.name, reason=type(error).__name__)
            return False
        said = Note.parse(notes.note(head.note.text, lines[-1:])).signed_by(witness.key) or 0
        when = datetime.fromtimestamp(said, UTC)
        cursor.execute(_KEEP, [head.size, witness.name, lines[-1], when])
        self._heard.add(witness.name)
        return True

    def _contradicted(
        self, cursor: extensions.cursor, witness: Asked, head: Checkpoint, error: Contradicted
    ) -> None:
        """A witness alone may be wrong; a note that our own key signed, of another tree, is not."""
        _log.error("witness-contradicts", witness=witness.name, size=error.size)
        held = monitor.latest(witness.url, head.origin)
        try:
            theirs = Checkpoint.parse(held) if held else None
            keys = Policy.parse(self._policy.read_text("utf-8"))
            if theirs is None or theirs.origin != head.origin or not keys.signed_by_log(theirs):
                return
        except Failed:
            return
        if not _contains(cursor, theirs):
            self._alarm(f"witness-{witness.name}-ahead")


def _contains(cursor: extensions.cursor, theirs: Checkpoint) -> bool:
    """Whether the tree as it is now begins with the one of the checkpoint."""
    cursor.execute("SELECT size FROM querylog.tree")
    (size,) = cursor.fetchone() or (0,)
    if theirs.size > size:
        return False
    return theirs.root == merkle.root(theirs.size, lambda *tile: read_tile(cursor, *tile))
