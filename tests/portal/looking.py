"""Looks at customers, made through the one door as members of staff make them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from access import actors, gate, scopes
from access.actions import Action
from access.models import Subject, User
from records.models import Customer

MOBILE, ID_NUMBER = "identity.mobile", "identity.id_number"


def look(
    person: User,
    *at: Customer,
    purpose: str = "follow_up",
    codes: Sequence[str] = (MOBILE,),
    masked: bool = False,
    action: Action = Action.CUSTOMER_REVEAL,
    channel: str = "desk",
    **more: Any,
) -> int:
    """One look, as the desk logs it; the index of its entry."""
    with scopes.acting(actors.staff(person, stepped_up=True)) as actor:
        permit = gate.permit(
            actor, action, purpose=purpose, channel=channel, masked=masked, elements=codes,
            subjects=[each.pk for each in at], **more,
        )  # fmt: skip
    return permit.entry


def subject_of(customer: Customer) -> Subject:
    with scopes.acting(actors.system("tests")):
        return Subject.objects.get(pk=customer.pk)
