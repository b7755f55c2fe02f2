"""Consents where something else speaks of them: a request to withdraw, and one that was not hers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from access.actors import Actor
from custodian import clock
from records.consents import asking, standing
from records.models import Consent, Customer


def withdrawable(customer: Customer, *, actor: Actor) -> list[tuple[str, Any]]:
    """What she may still take back: all that she did not say no to."""
    stand = standing.of_customer(customer, actor=actor)
    return [(each.purpose.code, each.name) for each in stand if each.given or not each.recorded]


def doubted(ref: str, customer: Customer, *, actor: Actor) -> str:
    """How a complaint begins about a word that she never said; empty for what is not hers."""
    try:
        row = Consent.objects.visible_to(actor).get(ref=UUID(ref), subject=customer.pk)
    except (ValueError, Consent.DoesNotExist):
        return ""
    purpose = asking.register().get(row.purpose)
    said = {
        "day": clock.local(row.at).date().isoformat(),
        "what": asking.name(purpose) if purpose else row.purpose,
        "said": row.get_said_display(),
    }
    return _("%(day)s 登记的“%(what)s：%(said)s”不是我的意思。") % said
