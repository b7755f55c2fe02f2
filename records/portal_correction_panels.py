"""Corrections on the portal's first page and among everything that a customer has asked for."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from access.actors import Actor
from records import portal_home
from records.corrections import clocks, waiting, words
from records.models import Correction, Customer
from records.portal_home import Panel
from records.requests import listing
from records.requests.listing import Listed


def panel(actor: Actor, customer: Customer) -> Panel | None:
    """Nothing, unless something waits for her."""
    found = waiting.waiting_for(customer.pk, actor=actor)
    if not found:
        return None
    return Panel("portal/panels/corrections.html", {"waits": found})


def hint(actor: Actor, customer: Customer) -> Any:
    left = waiting.drafts(customer.pk, actor=actor)
    return _("有一件没填完") if left else _("姓名、证件、电话、地址、账户不对，在这里改")


def listed(actor: Actor, customer: int) -> Iterable[Listed]:
    """Those that were handed in."""
    rows = Correction.objects.visible_to(actor).filter(subject_id=customer)
    for each in rows.exclude(submitted_at=None):
        yield Listed(
            each.ref,
            words.title(each),
            words.state(each),
            each.submitted_at,
            clocks.first_due(each),
            reverse("portal:correction", args=[each.ref]),
            words.tone(each),
            open=each.is_open,
        )


def ready() -> None:
    listing.register_source(listed)
    portal_home.register_panel("corrections", 5, panel)
    portal_home.register_way(30, _("更正我的资料"), "portal:correction_new", hint)
