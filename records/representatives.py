"""Who acts for a customer, as the staff see it: in which capacity, and who he is by his own reference."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from custodian import clock
from records.models import Customer, Representative

Kind = Representative.Kind


@dataclass(frozen=True)
class Acting:
    """`ref` is empty for somebody who is not registered, is gone, or is out of the reader's reach."""

    label: Any
    ref: str = ""

    def __str__(self) -> str:
        return str(self.label)


def capacity_label(capacity: str) -> Any:
    return Kind(capacity).label if capacity in Kind.values else _("代表人")


def acting(capacity: str, asker: int | None, *, actor: Actor) -> Acting:
    """Whoever asked for her."""
    rows = Customer.objects.visible_to(actor).filter(pk=asker or 0)
    return Acting(capacity_label(capacity), str(rows.values_list("ref", flat=True).first() or ""))


def registered(customer: Customer, *, actor: Actor) -> list[tuple[Representative, str]]:
    """Those who may act for her now, each with his own reference."""
    now = clock.now()
    rows = Representative.objects.visible_to(actor).filter(
        Q(until=None) | Q(until__gt=now), subject=customer.pk, since__lte=now
    )
    known = list(rows.order_by("pk"))
    refs = dict(
        Customer.objects.visible_to(actor)
        .filter(pk__in=[each.representative_id for each in known])
        .values_list("pk", "ref")
    )
    return [
        (each, refs[each.representative_id]) for each in known if each.representative_id in refs
    ]
