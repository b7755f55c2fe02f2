"""Another version of a row by four eyes: one change of each at a time, put up for approval and on record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction
from django.db.models import Model

from access import approvals, gate
from access.actions import Action
from access.actors import Actor
from access.models import Approval
from access.vocabulary import Channel
from custodian.errors import CustodianError


def lock(table: type[Model]) -> None:
    """So that two proposals at once do not get one base, or one number; until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute(f"LOCK TABLE {table._meta.db_table} IN SHARE ROW EXCLUSIVE MODE")


def waiting(kind: str, **of: str) -> Approval | None:
    """The change that waits for its approval, of the row that `of` names in the payload."""
    named = {f"payload__{name}": code for name, code in of.items()}
    return Approval.objects.waiting().filter(kind=kind, **named).first()


def propose(
    kind: str,
    payload: Mapping[str, Any],
    *,
    of: str,
    table: type[Model],
    pending: type[CustodianError],
    action: Action,
    facts: Mapping[str, Any],
    actor: Actor,
) -> Approval:
    """Ask for approval of the payload; raises `pending` while another change of `payload[of]` waits."""
    with transaction.atomic():
        lock(table)
        if waiting(kind, **{of: payload[of]}) is not None:
            raise pending
        digest = approvals.digest_of(kind, payload)
        gate.authorise(actor, action, channel=Channel.ADMIN, facts={**facts, "digest": digest})
        return approvals.request(kind, payload, actor=actor)
