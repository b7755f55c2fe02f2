"""Which insurer has her policy now: for who has gone or was told that she will go, and for nobody else.

Whoever is unknown, stays, or is known and has heard nothing yet gets the same statements and the same answer.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection

from access import gate
from access.actions import Action
from access.actors import Actor
from access.querylog import write
from access.vocabulary import Purpose
from custodian import clock
from records import blind_indexes, search
from records.search import Kind
from transfers import chosen
from transfers.models import Receipt, Responsible, Transfer, TransferNotice

PURPOSE: Final = Purpose.POLICY_SERVICE.value
# By her own ID number, and a policy in which she has a role. What of a policy was destroyed after the book
# had gone is not compared any more: then the ID number alone says who she is.
_BY_POLICY: Final = """
SELECT DISTINCT i.subject_id FROM records_blindindex i
WHERE i.element = %(id_element)s AND i.digest = ANY (%(ids)s) AND i.until IS NULL
  AND (EXISTS (
    SELECT 1 FROM records_blindindex n
    JOIN records_policy p ON p.holding = n.holding
    JOIN records_policyrole r ON r.policy_id = p.id AND r.subject_id = i.subject_id
    WHERE n.element = %(policy_element)s AND n.digest = ANY (%(policies)s) AND n.until IS NULL)
  OR (EXISTS (
      SELECT 1 FROM transfers_responsible g WHERE g.subject_id = i.subject_id
        AND g.before = %(own)s AND g.since <= %(now)s)
    AND NOT EXISTS (
      SELECT 1 FROM records_policyrole r JOIN records_policy p ON p.id = r.policy_id
      JOIN records_blindindex n ON n.holding = p.holding AND n.element = %(policy_element)s
        AND n.until IS NULL
      WHERE r.subject_id = i.subject_id)))
LIMIT 2
"""
_BY_NAME: Final = """
SELECT DISTINCT i.subject_id FROM records_blindindex i
WHERE i.element = %(name_element)s AND i.digest = ANY (%(names)s) AND i.until IS NULL
LIMIT 2
"""


@dataclass(frozen=True)
class Whereabouts:
    """Where somebody's policy is or goes; `since` None: the moment is not set yet."""

    transfer: Transfer
    since: datetime | None
    gone: bool

    @property
    def insurer(self) -> Any:
        return self.transfer.counterparty


@dataclass(frozen=True)
class Answered:
    """`found` None: nothing is said, whatever the reason. `entry` is that of the answer in the log."""

    found: Whereabouts | None
    entry: int


def by_policy(policy_number: str, id_number: str, *, channel: str, actor: Actor) -> Answered:
    typed = [(Kind.POLICY_NUMBER, [policy_number]), (Kind.ID_NUMBER, [id_number])]
    values = {
        "id_element": Kind.ID_NUMBER.element,
        "ids": blind_indexes.digests(Kind.ID_NUMBER.element, id_number),
        "policy_element": Kind.POLICY_NUMBER.element,
        "policies": blind_indexes.digests(Kind.POLICY_NUMBER.element, policy_number),
        "own": settings.CUSTODIAN_INSURER,
        "now": clock.now(),
    }
    return _answer(_BY_POLICY, values, typed, channel=channel, actor=actor)


def by_name(name: str, birth_date: str, *, channel: str, actor: Actor) -> Answered:
    """Two people of one name and birth date are nobody: only a number tells them apart."""
    typed = [(Kind.NAME, [name, birth_date])]
    values = {
        "name_element": Kind.NAME.element,
        "names": blind_indexes.of_query(Kind.NAME.element, [name, birth_date]),
    }
    return _answer(_BY_NAME, values, typed, channel=channel, actor=actor)


def _answer(
    statement: str,
    values: dict[str, Any],
    typed: Sequence[tuple[Kind, list[str]]],
    *,
    channel: str,
    actor: Actor,
) -> Answered:
    if not gate.may(actor, Action.TRANSFER_ENQUIRE):
        gate.permit(actor, Action.TRANSFER_ENQUIRE, purpose="", channel=channel)
    # Row-level security leaves the index entries of whoever is in the actor's scope.
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        hits = [row[0] for row in cursor.fetchall()]
    subject = hits[0] if len(hits) == 1 else 0
    found = whereabouts(subject, actor=actor)
    query = "\x1e".join(
        f"{kind.value}\x1f" + "\x1f".join(search.normalised(kind, words)) for kind, words in typed
    )
    # Masked: nothing of hers is opened, and whoever is stored only is answered for all the same.
    permit = gate.permit(
        actor,
        Action.TRANSFER_ENQUIRE,
        purpose=PURPOSE,
        channel=channel,
        subjects=[subject] if found else [],
        masked=True,
        query=write.query_tag(query),
    )
    return Answered(found, permit.entry)


def whereabouts(subject: int, *, actor: Actor) -> Whereabouts | None:
    """Of one customer in the actor's scope; at the house that she leaves."""
    row = (
        Responsible.objects.visible_to(actor)
        .filter(subject=subject, before=settings.CUSTODIAN_INSURER)
        .select_related("transfer__counterparty")
        .first()
    )
    if row is not None:
        return Whereabouts(row.transfer, row.since, gone=row.since <= clock.now())
    return _told(subject, actor)


def _told(subject: int, actor: Actor) -> Whereabouts | None:
    """Who was told that her policy goes, still moves, and whose transfer has come to no end."""
    rows = TransferNotice.objects.visible_to(actor).filter(
        subject=subject,
        state__in=TransferNotice.DELIVERED,
        transfer__status=Transfer.Status.OPEN,
        transfer__side=Transfer.Side.SELLER,
    )
    notice = rows.select_related("transfer__counterparty").order_by("-pk").first()
    if notice is None or not chosen.moves(notice.transfer, subject):
        return None
    receipt = Receipt.objects.filter(transfer=notice.transfer).first()
    # Once both papers are signed the register says who moves, and she is not in it.
    if receipt is not None and receipt.live_at is not None:
        return None
    return Whereabouts(notice.transfer, None, gone=False)
