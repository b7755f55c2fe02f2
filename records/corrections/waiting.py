"""What waits for the customer herself: drafts that she left, and corrections that need her word."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from access.actors import Actor
from records.corrections import confirming, words
from records.corrections.groups import GROUPS
from records.models import Correction

Status = Correction.Status


@dataclass(frozen=True)
class Waits:
    """One thing for her to do, and where. `for_her`: somebody else raised it."""

    ref: str
    title: Any
    url: str
    for_her: bool


def drafts(customer: int, *, actor: Actor) -> list[Waits]:
    rows = Correction.objects.visible_to(actor).filter(
        subject_id=customer, status=Status.DRAFT, raised_by=None
    )
    return [
        Waits(
            each.ref,
            words.title(each),
            reverse("portal:correction_value", args=[each.ref]),
            for_her=False,
        )
        for each in rows.order_by("-changed_at")
    ]


def waiting_for(customer: int, *, actor: Actor) -> list[Waits]:
    """Those that go no further without her: by one more way, or by the first."""
    rows = Correction.objects.visible_to(actor).filter(
        subject_id=customer, status__in=confirming.OPEN
    )
    return [
        Waits(
            each.ref,
            words.title(each),
            reverse("portal:correction_confirm", args=[each.ref]),
            each.raised_by_id is not None,
        )
        for each in rows.order_by("submitted_at")
        if GROUPS[each.group].two_ways and not confirming.enough(each)
    ]
