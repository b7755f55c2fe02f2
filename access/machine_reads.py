"""Reads by the machine itself, which show nothing to anybody: decided and logged chunk by chunk.

One entry stands for a chunk. It names how many subjects were read and the hash of their list, and tags
none of them: nobody saw them, so nobody's list of looks grows and no exposure is counted.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, NoReturn

from access import gate, scopes
from access.actions import Action
from access.actors import Actor
from access.asking import Request, of_action
from access.exports.fingerprint import set_digest
from access.querylog import sealing, write
from access.querylog.leaf import Draft
from access.vocabulary import Channel, Purpose, Role
from custodian import clock

ACT = "machine"
LIFETIME = 300.0  # a chunk of large documents takes a while


@dataclass(frozen=True)
class Sweep:
    """Proof that one chunk was decided and logged; opens these subjects' values for a check only."""

    actor: Actor
    subjects: frozenset[int]
    elements: frozenset[str]
    entry: int
    issued: float = field(default_factory=time.monotonic)

    def require(self, subject: int, element: str) -> None:
        """Raise `PermitSpent` when it is too old or another task's, or does not cover the value."""
        actor = scopes.current()
        stranger = actor is None or actor.visit != self.actor.visit
        late = time.monotonic() - self.issued > LIFETIME
        if stranger or late or subject not in self.subjects or element not in self.elements:
            raise gate.PermitSpent

    def __reduce__(self) -> NoReturn:
        raise TypeError("a permit does not leave its process")


def read(
    action: Action,
    *,
    subjects: Collection[int],
    elements: Collection[str],
    facts: Mapping[str, Any] | None = None,
    actor: Actor,
) -> Sweep:
    """Commit the entry of one chunk and return what opens it.

    Raises `Refused` for whoever is a person or may not, `LogUnavailable` and `LogBehind` like any read.
    """
    codes = tuple(sorted(elements))
    request = Request(actor, action, Purpose.SYSTEM.value, Channel.TASK.value, codes, masked=False)
    decision = of_action(request)
    if actor.role is not Role.SYSTEM or not decision.allowed:
        gate.refuse(actor, action, because="role-not-covered", channel=Channel.TASK)
    sealing.require(leaves=False)
    entry = write.commit(
        Draft(
            actor=actor,
            act=ACT,
            at=clock.now(),
            channel=request.channel,
            purpose=request.purpose,
            fields=codes,
            why=decision.because,
            facts={
                "what": action.value,
                "set": set_digest(sorted(subjects)),
                "count": len(set(subjects)),
                **(facts or {}),
            },
        )
    )
    return Sweep(actor, frozenset(subjects), frozenset(codes), entry)
