"""Writing entries: looks at once and durably, changes through the outbox of their own transaction."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import connection

from access import keystore
from access.querylog import leaf
from access.querylog.leaf import Draft
from access.querylog.tail import tail_key
from access.querylog.writer import writer
from custodian import clock

CONTEXT_ELEMENT = "log.context"


def commit(draft: Draft) -> int:
    """Write a look and return its entry id once it is committed; `LogUnavailable` otherwise."""
    return writer().write(draft, wait=settings.CUSTODIAN_LOG_WAIT_SECONDS)


def enqueue(draft: Draft) -> None:
    """Put a change's entry into the outbox, in the transaction of the change: both or neither.

    Tags are made here, where the customers' keys are; the sequencer gives the entry its place.
    """
    enqueue_all([draft])


def enqueue_all(drafts: Sequence[Draft]) -> None:
    """The same for several entries of one transaction, in their order and in one statement."""
    if not connection.in_atomic_block:
        raise RuntimeError("a change and its entry share a transaction")
    values: list[Any] = []
    for draft in drafts:
        loose = leaf.loosen(draft)
        body = {**loose.body, "om": leaf.mark(tail_key(), loose.body)}
        subjects = [str(uid) for uid in loose.subjects]
        values += [draft.at, leaf.encode(body).decode(), loose.tags, subjects, loose.context]
    places = ", ".join(["(%s, %s, %s, %s::uuid[], %s)"] * len(drafts))
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO querylog.outbox (created_at, body, tags, subjects, context_sealed)"  # noqa: S608  places only
            f" VALUES {places}",
            values,
        )


def seal_context(inputs: Mapping[str, Any]) -> bytes:
    """The written reason and the decision's inputs, sealed under the key of this month."""
    name = f"log-context/{clock.now():%Y-%m}"
    key = keystore.of_named_cached(name)
    context = key.context(
        insurer=settings.CUSTODIAN_INSURER,
        holding=keystore.named_holding(name),
        element=CONTEXT_ELEMENT,
        version=1,
    )
    # Escaped to ASCII: what people type may hold half a character, which has no UTF-8.
    plain = json.dumps({"month": f"{clock.now():%Y-%m}", **inputs})
    return key.seal(plain.encode(), context=context)


def open_context(blob: bytes, *, month: str) -> dict[str, Any]:
    """The parts of a context of this month; raises `OpenFailed`, or `NoKey` where the key is gone."""
    name = f"log-context/{month}"
    key = keystore.of_named_held(name)
    context = key.context(
        insurer=settings.CUSTODIAN_INSURER,
        holding=keystore.named_holding(name),
        element=CONTEXT_ELEMENT,
        version=1,
    )
    return dict(json.loads(key.open(blob, context=context)))


def query_tag(normalised: str) -> str:
    """A month's keyed mark of what was searched for, so that repeated searches can be told."""
    key = keystore.of_named_cached(f"log-query/{clock.now():%Y-%m}")
    return key.mac(normalised.encode())[:16].hex()
