"""Marks on customers that audits go by: who is on the list of those whom people look up out of curiosity."""

from __future__ import annotations

from django.db import transaction

from access import gate, scopes
from access.actions import Action
from access.actors import Actor
from access.models import Subject


def put_on_vip_list(subject: int, *, on: bool, reason: str, channel: str, actor: Actor) -> None:
    """Put her on the list, or take her off it; from then on audits weigh looks at her anew."""
    with transaction.atomic():
        gate.authorise(
            actor,
            Action.SUBJECT_MARK,
            channel=channel,
            subjects=gate.tagged(scopes.find([subject])),
            facts={"vip": int(on)},
            reason=reason,
        )
        Subject.objects.visible_to(actor).filter(pk=subject).update(vip=on)
