"""The register of counterparties: who they are, how they are reached, and who answers for them here."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from django.db import transaction

from access import gate
from access.actions import Action
from access.actors import Actor
from access.models import User
from access.vocabulary import Channel
from transfers.models import Counterparty


@dataclass(frozen=True, kw_only=True)
class Terms:
    kind: str
    name: str
    name_en: str = ""
    credit_code: str = ""
    licence: str = ""
    contact_name: str = ""
    contact_phone: str = ""
    contact_email: str = ""
    address: str = ""
    answers: User | None = None


def register(terms: Terms, *, actor: Actor) -> Counterparty:
    """Raises `Refused`."""
    party = Counterparty(**_values(terms))
    with transaction.atomic():
        _authorise(party, actor, {"did": "register"})
        party.save()
    return party


def change(party: Counterparty, terms: Terms, *, actor: Actor) -> None:
    """What somebody else must agree to stands in agreements and keys; this is how to reach them."""
    with transaction.atomic():
        held = Counterparty.objects.select_for_update().get(pk=party.pk)
        values = _values(terms)
        changed = sorted(name for name, value in values.items() if getattr(held, name) != value)
        if not changed:
            return
        _authorise(held, actor, {"did": "change", "changed": changed})
        Counterparty.objects.filter(pk=held.pk).update(**values)
    party.refresh_from_db()


def _values(terms: Terms) -> dict[str, Any]:
    return {**asdict(terms), "answers": terms.answers}


def _authorise(party: Counterparty, actor: Actor, facts: dict[str, Any]) -> None:
    gate.authorise(
        actor,
        Action.COUNTERPARTY_CHANGE,
        channel=Channel.ADMIN,
        facts={"partner": party.code, **facts},
    )
