"""Unlinks destroyed customers' entries: their log keys and their lists of looks go, the entries stay.

Without the key her tags are noise that links to nothing; every entry, proof and checkpoint stays as valid
as before. The log says itself which key went and how many rows, so that a key that vanished otherwise shows.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

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
    """The same for one."""
    return forget_all([subject], channel=channel, actor=actor)


def forget_all(subjects: Sequence[Subject], *, channel: str, actor: Actor) -> int:
    """Destroy the log keys and rows of destroyed subjects, and say how many rows; raises `StillHeld`.

    A second time changes nothing.
    """
    with transaction.atomic():
        asked = Subject.objects.filter(pk__in=[each.pk for each in subjects])
        known = list(asked.select_for_update().order_by("pk"))
        if any(each.status != Subject.Status.DESTROYED for each in known):
            raise StillHeld
        keys = keystore.subject_keys_of([each.pk for each in known])
        linked = [each for each in known if each.pk in keys]
        if not linked:
            return 0
        exposure.erase(linked)
        rows = _unlink(linked)
        quotas.erase([each.pk for each in linked])
        exports.purge([each.pk for each in linked])
        facts = [
            {"key_id": keystore.key_id(keys[each.pk]).hex(), "rows": rows[each.uid]}
            for each in linked
        ]
        gate.authorise_each(actor, Action.LOG_SUBJECT_ERASE, channel=channel, facts=facts)
    return sum(rows.values())


def _unlink(subjects: Sequence[Subject]) -> dict[UUID, int]:
    """How many rows went, by the subject's uid."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT gone, rows FROM querylog.forget_subjects(%s::uuid[], %s)",
            [[str(each.uid) for each in subjects], [each.pk for each in subjects]],
        )
        found = dict.fromkeys((each.uid for each in subjects), 0)
        for gone, rows in cursor.fetchall():  # what still waited, and what was listed
            found[gone] += int(rows)
        return found
