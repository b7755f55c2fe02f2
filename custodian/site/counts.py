"""What waits behind the places of the navigation, as small numbers beside their names."""

from __future__ import annotations

from django.http import HttpRequest

from access.training import standing
from custodian.site.navigation import Count, count_for


def learning(request: HttpRequest) -> Count | None:
    """Courses and undertakings that the person lacks, or that end within a month."""
    actor = getattr(request, "actor", None)
    if actor is None or actor.id is None:
        return None
    waiting = standing.waiting_for(actor.id, actor.role)
    return Count(waiting.gaps + waiting.soon, urgent=waiting.gaps > 0) if any(waiting) else None


def register() -> None:
    count_for("desk:learning", learning)
