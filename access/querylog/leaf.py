"""The leaf: the exact bytes of an entry (JSON in the restricted profile of RFC 8785), and its chain.

Codes only: no name, no value, no free text. The restricted profile is ASCII keys, strings, integers
below 2^53 and no floats, for which sorted compact JSON and RFC 8785 give the same bytes.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from access.actors import Actor
from custodian.tlog.verify import leaf_hash, subject_tag

VERSION = 1
# The bytes of `custodian.tlog.verify.canonical`, in an eighth of its time.
encode = msgspec.json.Encoder(order="deterministic").encode
MARK_DOMAIN = b"custodian/leaf/v1\x00"
MARK_LENGTH = 16


@dataclass(frozen=True)
class Tagged:
    """A subject whose values an entry showed, with the key behind its tags."""

    uid: UUID
    key: bytes


@dataclass(frozen=True, kw_only=True)
class Draft:
    """An entry before the writer gives it its place in a session's chain."""

    actor: Actor
    act: str
    at: datetime
    channel: str
    purpose: str = ""
    outcome: str = "ok"
    fields: Sequence[str] = ()
    subjects: Sequence[Tagged] = ()
    rule: tuple[str, int] | None = None
    why: Sequence[str] = ()
    query: str | None = None
    operation: UUID | None = None
    part: tuple[int, int] | None = None
    context: bytes | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Loose:
    """An entry with its tags but without a place in any chain yet."""

    body: Mapping[str, Any]
    tags: bytes
    context: bytes | None
    subjects: tuple[UUID, ...]


@dataclass(frozen=True)
class Sealed:
    """What `append()` takes: the leaf, its tags, the sealed context and the subjects' uids."""

    leaf: str
    tags: bytes
    context: bytes | None
    subjects: tuple[UUID, ...]


def stamp(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def mark(key: bytes, body: Mapping[str, Any]) -> str:
    """A keyed mark over a leaf: without the key nobody rewrites what is not sealed yet."""
    return hmac.digest(key, MARK_DOMAIN + encode(body), "sha256")[:MARK_LENGTH].hex()


class Session:
    """One writer's chain: each leaf names the session, its number in it and its predecessor's hash.

    With a `key` each leaf also carries a mark over itself, `wm`.
    """

    def __init__(self, key: bytes | None = None) -> None:
        self.name = secrets.token_hex(4)
        self.count = 0
        self._key = key
        self._previous = "0" * 16

    def chain(self, loose: Loose, extra: Mapping[str, Any] | None = None) -> Sealed:
        place = {"w": self.name, "ws": self.count, "wp": self._previous}
        body = {**loose.body, **(extra or {}), **place}
        leaf = encode({**body, "wm": mark(self._key, body)} if self._key else body)
        self.count += 1
        self._previous = leaf_hash(leaf)[:8].hex()
        return Sealed(leaf.decode(), loose.tags, loose.context, loose.subjects)


def loosen(draft: Draft) -> Loose:
    """Everything of the leaf but the chain; tags are made here, where the customers' keys are."""
    uid = secrets.token_hex(8)
    tags = b"".join(sorted(subject_tag(subject.key, uid) for subject in draft.subjects))
    body = {**_body(draft), "uid": uid, "subj": hashlib.sha256(tags).hexdigest()}
    return Loose(body, tags, draft.context, tuple(subject.uid for subject in draft.subjects))


def _body(draft: Draft) -> dict[str, Any]:
    leaf: dict[str, Any] = {
        "v": VERSION,
        "ts": stamp(draft.at),
        "actor": str(draft.actor.ref),
        "no": draft.actor.staff_no,
        "unit": draft.actor.unit,
        "ch": draft.channel,
        "act": draft.act,
        "purp": draft.purpose,
        "n": len(draft.subjects),
        "fields": sorted(draft.fields),
        "out": draft.outcome,
        "why": list(draft.why),
        "q": draft.query,
        "rule": list(draft.rule) if draft.rule else None,
        "ctx": hashlib.sha256(draft.context).hexdigest() if draft.context else None,
    }
    if draft.operation:
        leaf["op"] = str(draft.operation)
    if draft.part:
        leaf["part"] = list(draft.part)
    if draft.actor.session:
        leaf["sid"] = draft.actor.session
    if draft.actor.capacity:
        leaf["as"] = draft.actor.capacity
    if taken := leaf.keys() & draft.facts.keys():
        raise ValueError(f"a fact in the place of the leaf's own {min(taken)!r}")
    return leaf | dict(draft.facts)
