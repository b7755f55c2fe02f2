"""How many things wait behind a place of the navigation."""

from __future__ import annotations

from django.http import HttpRequest

from access.actors import Actor
from access.recertification import progress
from custodian.site.navigation import Count, count_for


def register() -> None:
    count_for("recertify", rights_to_review)


def rights_to_review(request: HttpRequest) -> Count | None:
    """Rights of one's people, to keep or remove before the date."""
    actor: Actor | None = getattr(request, "actor", None)
    number = progress.waiting_for(actor) if actor is not None else 0
    return Count(number, urgent=True) if number else None
