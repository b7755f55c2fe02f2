"""A copy asked for in the portal is a request like any other: with its clock, its answer and its rating."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from access.actors import Actor
from records.models import Customer, CustomerRequest
from records.own_data import asking
from records.portal_pages import CHANNEL
from records.requests import opening
from records.requests.effects import copying


def ask(
    customer: Customer, formats: Sequence[str], *, language: str, actor: Actor
) -> CustomerRequest | None:
    """Open it, or add files to the one that is open; None where all of them are ready or on their way.

    Raises `TooOften`, `TooMany`.
    """
    with transaction.atomic():
        wanted = asking.lacking(customer, formats, language, actor=actor)
        if not wanted:
            return None
        asking.require_room(customer.pk, len(wanted), actor=actor)
        if (same := copying.own_open(customer, actor=actor)) is not None:
            copying.add(same, wanted, language=language, actor=actor)
            return same
        return opening.open_request(
            customer.pk,
            kind=CustomerRequest.Kind.COPY,
            details={"formats": wanted, "language": language},
            channel=CHANNEL,
            actor=actor,
        )
