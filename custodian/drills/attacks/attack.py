"""One attack: what it is called, what it does, and what must show it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise

from custodian.drills.copy import Copy


@dataclass(frozen=True)
class Attack:
    """`play` gives the index of the first entry that is wrong afterwards.

    `alone` is the fault by which the database itself shows it to whoever has the log's public key; where it
    is empty only copies outside do, by the fault `outside`.
    """

    name: str
    does: str | Promise
    play: Callable[[Copy], int]
    alone: str = ""
    outside: str = ""


_LOOK = """
SELECT e.id FROM querylog.tree t CROSS JOIN querylog.entry e
JOIN querylog.subject_access s ON s.entry_id = e.id
LEFT JOIN querylog.context c ON c.entry_id = e.id
WHERE e.id >= t.size * %(part)s AND e.id < t.size AND e.subjects = 1 AND e.purpose <> 'claim'
  AND (c.entry_id IS NOT NULL OR NOT %(with_context)s)
ORDER BY e.id LIMIT 1
"""


def look(copy: Copy, part: float = 0.4, *, with_context: bool = False) -> int:
    """A sealed look at one customer, this far into the log."""
    (index,) = copy.find(_LOOK, {"part": part, "with_context": with_context})
    return int(index)


def size(copy: Copy) -> int:
    (entries,) = copy.find("SELECT size FROM querylog.tree")
    return int(entries)


def checkpoint(copy: Copy, part: float) -> int:
    """The size of a checkpoint this far into the log."""
    (entries,) = copy.find(
        "SELECT size FROM querylog.checkpoint"
        " WHERE size >= (SELECT size FROM querylog.tree) * %s ORDER BY size LIMIT 1",
        [part],
    )
    return int(entries)


def claims(said: dict[str, Any]) -> None:
    """A look for another purpose than the one it was for."""
    said["purp"] = "claim"
