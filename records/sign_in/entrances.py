"""Who came in when, and which browsers a customer came in with: kept a year, and hers to see."""

from __future__ import annotations

import re
from typing import Final

from django.http import HttpRequest

from access.actors import Actor
from custodian import clock
from records.models import Entrance
from records.sign_in import limits

SHOWN: Final = 10
_PHONE = re.compile(r"Mobile|Android|iPhone|HarmonyOS|MicroMessenger", re.ASCII)
_TABLET = re.compile(r"iPad|Tablet", re.ASCII)


def device_of(request: HttpRequest) -> str:
    """A coarse word, so that she knows her own again; nothing by which anybody else is known."""
    agent = request.headers.get("User-Agent", "")[:400]
    if _TABLET.search(agent):
        return "tablet"
    return "phone" if _PHONE.search(agent) else "computer" if agent else ""


def note(
    request: HttpRequest, subject: int, *, by: int, proof: str, capacity: str, mark: bytes
) -> None:
    Entrance.objects.create(
        subject_id=subject,
        by_id=by,
        proof=proof,
        capacity=capacity,
        device=device_of(request),
        known_by=mark,
    )


def of(subject: int, *, actor: Actor) -> list[Entrance]:
    return list(Entrance.objects.visible_to(actor).filter(subject=subject)[:SHOWN])


def marks_of(person: int | None) -> list[bytes]:
    """Of the browsers that this person came in with of late."""
    since = clock.now() - limits.KNOWN_FOR
    found = Entrance.objects.filter(by=person, at__gt=since).exclude(known_by=b"")
    return [bytes(each) for each in found.values_list("known_by", flat=True).distinct()]


def forget_browsers(person: int) -> None:
    """No browser is known any more; the list of visits stays."""
    Entrance.objects.filter(by=person).exclude(known_by=b"").update(known_by=b"")


def tidy() -> None:
    Entrance.objects.filter(at__lt=clock.now() - limits.ENTRANCES_KEPT).delete()
