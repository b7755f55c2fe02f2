"""Unlinks a destroyed customer's entries: her log key and her list of looks go, the entries stay.

Without the key her tags are noise that links to nothing; every entry, proof and checkpoint stays as valid
as before. The log says itself which key went and how many rows, so that a key that vanished otherwise shows.
"""

from __future__ import annotations

from django.db import connection, transaction

from access import gate, keystore
from access.actions import Action
from access.actors import Actor
from access.models import Subject


def forget(subject: Subject, *, channel: str, actor: Actor) -> int:
    """Destroy the subject's log key and rows, and say how many rows; a second time changes nothing."""
    with transaction.atomic():
        keys = keystore.subject_keys_of([subject.pk])
        if subject.pk not in keys:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT querylog.forget_subject(%s::uuid, %s)", [str(subject.uid), subject.pk]
            )
            (rows,) = cursor.fetchone() or (0,)
        gate.authorise(
            actor,
            Action.LOG_SUBJECT_ERASE,
            channel=channel,
            facts={"key_id": keystore.key_id(keys[subject.pk]).hex(), "rows": int(rows)},
        )
    return int(rows)
