"""Template tags of published texts: the tip that belongs on a page, and how a difference is shown."""

from __future__ import annotations

from typing import Any

from django import template

from records.notices.placing import tip_at

register = template.Library()


@register.inclusion_tag("public/tip_here.html")
def tip_here(place: str, *, signed_in: bool = True) -> dict[str, Any]:
    """Today's tip for this place, or nothing. Whoever is signed in can report a call from it."""
    return {"tip": tip_at(place), "signed_in": signed_in}
