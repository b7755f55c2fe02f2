"""Whether a holding is as the newest entry of its change in the log says, so that no old row passes.

The mark in the row itself says that values and epoch fit together; an old row that was put back whole fits
too. Only the log knows that it is old.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from uuid import UUID

from django.db import connection

from records import states, vault
from records.states import State
from records.storage.checks_values import fault
from records.storage.faults import Fault
from records.storage.reading import Held, Owner

# `held` marks entries whose list of states is kept; older ones have the hash alone.
_CHANGES = """
SELECT e.id, e.leaf::jsonb ->> 'state', h.body, e.leaf::jsonb ? 'held'
FROM (SELECT DISTINCT entry_id FROM querylog.subject_access WHERE subject = ANY (%s::uuid[])) a
JOIN querylog.entry e ON e.id = a.entry_id AND e.act = 'change'
LEFT JOIN records_heldstates h ON h.digest = decode(e.leaf::jsonb ->> 'state', 'hex')
WHERE e.leaf::jsonb ? 'state' ORDER BY e.id
"""
_WAITING = "SELECT EXISTS (SELECT 1 FROM querylog.outbox)"


@dataclass
class Logged:
    """What the log says of some subjects' holdings."""

    newest: dict[UUID, State] = field(default_factory=dict)
    broken: list[int] = field(default_factory=list)  # entries whose list is missing or altered
    # Entries of changes still wait for their place, so that nothing can be said to be absent.
    waiting: bool = False
    old: bool = False  # some entries are older than the lists

    def take(self, entry: int, digest: str, body: bytes | None) -> None:
        if body is None or sha256(body).hexdigest() != digest:
            self.broken.append(entry)
            return
        for state in states.unpack(body):
            known = self.newest.get(state.holding)
            if known is None or known.epoch <= state.epoch:
                self.newest[state.holding] = state


def read(owners: Mapping[int, Owner]) -> Logged:
    """One statement for a chunk, whatever its holdings were changed by."""
    logged = Logged()
    with connection.cursor() as cursor:
        # Asked first: what is not waiting now is in the log by the time it is read.
        cursor.execute(_WAITING)
        (logged.waiting,) = cursor.fetchone()
        cursor.execute(_CHANGES, [[str(owner.uid) for owner in owners.values()]])
        for entry, digest, body, held in cursor.fetchall():
            if held:
                logged.take(entry, digest, None if body is None else bytes(body))
            else:
                logged.old = True
    return logged


def broken_lists(logged: Logged) -> Iterator[Fault]:
    for entry in logged.broken:
        yield Fault("list", thing=f"entry/{entry}", entry=entry)


def told_by_the_log(row: Held, logged: Logged) -> Fault | None:
    """None for a holding that is as the log says, or of which the log cannot say anything yet."""
    newest = logged.newest.get(row.holding)
    if newest is None or row.epoch > newest.epoch:
        silent = logged.waiting or logged.old or logged.broken
        return None if silent else fault("unlogged", row)
    state = vault.state_of(holding=row.holding, epoch=row.epoch, blobs=row.blobs)
    if (row.epoch, state) != (newest.epoch, newest.state):
        return fault("rolled-back", row)
    return None


def unlogged(rows: Sequence[Held], logged: Logged) -> int:
    """How many holdings the log says nothing of, because their changes are older than the lists."""
    return sum(row.holding not in logged.newest for row in rows)
