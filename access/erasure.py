"""Unlinks a destroyed customer's entries: her log key and her list of looks go, the entries stay.

Without the key her tags are noise that links to nothing; every entry, proof and checkpoint stays as valid
as before. The log says itself which key went and how many rows, so that a key that vanished otherwise shows.
"""

from __future__ import annotations

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from access import exposure, gate, keystore, quotas
from access.actions import Action
from access.actors import Actor
from access.exports import jobs as exports
from access.models import Subject
from custodian.errors import CustodianError


class StillHeld(CustodianError):
    """The customer is not destroyed: unlinking her looks would only hide them from her."""

    code = "still-held"
    status = 409
    message = _("该客户的资料尚未销毁，查询记录不能解除关联")


def forget(subject: Subject, *, channel: str, actor: Actor) -> int:
    """Destroy the log key and rows of a destroyed subject, and say how many rows; raises `StillHeld`.

    A second time changes nothing.
    """
    with transaction.atomic():
        known = Subject.objects.select_for_update().get(pk=subject.pk)
        if known.status != Subject.Status.DESTROYED:
            raise StillHeld
        keys = keystore.subject_keys_of([subject.pk])
        if subject.pk not in keys:
            return 0
        exposure.erase(subject)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT querylog.forget_subject(%s::uuid, %s)", [str(subject.uid), subject.pk]
            )
            (rows,) = cursor.fetchone() or (0,)
        quotas.erase(subject.pk)
        exports.purge(known)
        gate.authorise(
            actor,
            Action.LOG_SUBJECT_ERASE,
            channel=channel,
            facts={"key_id": keystore.key_id(keys[subject.pk]).hex(), "rows": int(rows)},
        )
    return int(rows)
