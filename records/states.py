"""What the log says of holdings' states: one fact for each call, and the list behind it beside the log.

A call may write a thousand holdings, and its leaf has room for one hash. The hash is over the list of all
of them, each with its epoch and the fingerprint of its ciphertexts; the list is kept under that hash, so
whoever alters it, or puts an old row back with its old epoch, is told by a leaf that nobody can alter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from records.models import HeldStates
from records.vault import SealedValues

_EPOCH, _STATE = 4, 32
_LINE = 16 + _EPOCH + _STATE


class State(NamedTuple):
    """A holding as a change left it."""

    holding: UUID
    epoch: int
    state: bytes


def keep(sealed: Sequence[SealedValues]) -> str:
    """Keep the list of new states, in the transaction of the change.

    The hash of the list, which the entry says as `state`, with their number as `held`.
    """
    body = pack(State(own.holding, own.epoch, own.state) for own in sealed)
    digest = sha256(body).digest()
    HeldStates.objects.create(digest=digest, body=body)
    return digest.hex()


def pack(states: Iterable[State]) -> bytes:
    return b"".join(
        each.holding.bytes + each.epoch.to_bytes(_EPOCH, "big") + each.state for each in states
    )


def unpack(body: bytes) -> Iterator[State]:
    """Raises ValueError for what is no list of states."""
    if len(body) % _LINE:
        raise ValueError("no list of states")
    for at in range(0, len(body), _LINE):
        line = body[at : at + _LINE]
        epoch = int.from_bytes(line[16 : 16 + _EPOCH], "big")
        yield State(UUID(bytes=line[:16]), epoch, line[16 + _EPOCH :])
