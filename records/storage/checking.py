"""One chunk of holdings through every check; what looks wrong is looked at again before it is said.

Somebody may change a holding between two statements of a chunk. A fault counts only if a second look, with
rows and log read anew, finds the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from access import machine_reads
from access.actions import Action
from access.actors import Actor
from access.keystore import DataKey
from access.machine_reads import Sweep
from records.storage import (
    checks_files,
    checks_indexes,
    checks_states,
    checks_values,
    reading,
)
from records.storage.checks_indexes import Stored
from records.storage.checks_states import Logged
from records.storage.faults import Fault
from records.storage.reading import Held, Owner


@dataclass
class Checked:
    """What became of a chunk."""

    holdings: int = 0
    values: int = 0
    unlogged: int = 0
    faults: list[Fault] = field(default_factory=list)
    owners: Mapping[int, Owner] = field(default_factory=dict)

    def customer(self, fault: Fault) -> str:
        owner = self.owners.get(fault.subject) if fault.subject is not None else None
        return owner.ref if owner else ""


def check(
    rows: Sequence[Held], *, scrub: str, actor: Actor, beat: Callable[[], None] = lambda: None
) -> Checked:
    """Check holdings of one kind. Every chunk is one entry in the log before its first value opens.

    `beat` is called now and then, because a chunk of large files takes longer than a lease.
    """
    checked = _look(rows, scrub=scrub, actor=actor, beat=beat)
    if checked.faults:
        suspects = {fault.holding for fault in checked.faults}
        pks = [row.pk for row in rows if str(row.holding) in suspects]
        again = _look(reading.again(rows[0].kind, pks), scrub=scrub, actor=actor, beat=beat)
        lists = [fault for fault in checked.faults if not fault.holding]
        checked.faults = [each for each in checked.faults if each in again.faults or each in lists]
    return checked


def _look(rows: Sequence[Held], *, scrub: str, actor: Actor, beat: Callable[[], None]) -> Checked:
    if not rows:
        return Checked()
    owners = reading.owners(row.subject for row in rows)
    sweep = machine_reads.read(
        Action.STORAGE_SCRUB,
        subjects=owners,
        elements=reading.codes(rows[0].kind),
        facts={"scrub": scrub, "held": len(rows)},
        actor=actor,
    )
    keys, keyless = checks_values.unlock(rows)
    logged, marks = checks_states.read(owners), checks_indexes.stored(rows)
    checked = Checked(len(rows), owners=owners)
    checked.unlogged = checks_states.unlogged(rows, logged) if logged.old else 0
    checked.faults += checks_states.broken_lists(logged)
    checked.faults += checks_values.missing_keys(rows, keyless)
    checked.faults += checks_values.wrong_keys(rows, keys, keyless)
    chunk = _Chunk(sweep, logged, marks, checked)
    for row in rows:
        beat()
        if row.holding in keys:
            checked.faults += chunk.faults(row, keys[row.holding])
    return checked


@dataclass(frozen=True)
class _Chunk:
    """What the checks of a chunk's holdings share."""

    sweep: Sweep
    logged: Logged
    marks: Stored
    checked: Checked

    def faults(self, row: Held, key: DataKey) -> Iterator[Fault]:
        """The first check that fails says why; those after it would fail of the same cause."""
        values = checks_values.opened(row, key, self.sweep)
        self.checked.values += len(values)
        first = (
            checks_values.closed_value(row, values)
            or checks_values.wrong_state(row, key)
            or checks_states.told_by_the_log(row, self.logged)
        )
        if first:
            yield first
            return
        yield from checks_indexes.wrong_marks(row, values, self.marks)
        if row.kind == "document" and (broken := checks_files.document_file(row, key, self.sweep)):
            yield broken
